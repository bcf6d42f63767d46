package lint

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// suppressionInvalid is found by Suppress, when all other rules have run.
func suppressionInvalid() Rule {
	return Rule{
		Name:      "suppression-invalid",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "every document, and the CUE files of a stack",
		Title:     "a suppression that has no effect",
		Why: "A suppression needs a rule that exists and a reason, so that whoever reads it next year knows whether it still holds. It has " +
			"no effect on a rule whose errors cannot be ignored.",
		Sees: "the finding that was to be suppressed, and this one",
		Before: `-- compose.yaml --
services:
  web:
    # matrixgen:ignore image-pinned a test host, where the newest is wanted
    image: docker.io/library/httpd:2.4.65
`,
		After: `-- compose.yaml --
services:
  web:
    # matrixgen:ignore image-not-pinned a test host, where the newest is wanted
    image: docker.io/library/httpd:latest
`,
		Source: []string{"https://github.com/matrixgen/matrixgen/blob/main/docs/rules/README.md"},
		Check:  reportedBySuppress,
	}
}

// suppressionUnused is found by Suppress, when all other rules have run.
func suppressionUnused() Rule {
	return Rule{
		Name:      "suppression-unused",
		Severity:  diag.Warning,
		Fatal:     true,
		Documents: "every document, and the CUE files of a stack",
		Title:     "a suppression that nothing needs",
		Why: "The finding that it was written for is gone, or stands on another line. Left in place, it would hide the same mistake when " +
			"somebody makes it again.",
		Sees: "nothing, until the mistake comes back and nobody is told",
		Before: `-- compose.yaml --
services:
  web:
    image: docker.io/library/httpd:2.4.65 # matrixgen:ignore image-not-pinned a test host, where the newest is wanted
`,
		After: `-- compose.yaml --
services:
  web:
    image: docker.io/library/httpd:latest # matrixgen:ignore image-not-pinned a test host, where the newest is wanted
`,
		Source: []string{"https://github.com/matrixgen/matrixgen/blob/main/docs/rules/README.md"},
		Check:  reportedBySuppress,
	}
}

// reportedBySuppress finds nothing: Suppress reports it.
func reportedBySuppress(*model.Deployment, func(diag.Finding)) {}
