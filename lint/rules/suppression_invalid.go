package rules

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/lint"
)

// suppressionInvalid is found by Suppress, when all other rules have run.
func suppressionInvalid() lint.Rule {
	return lint.Rule{
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
		Source: []string{"docs/rules/README.md of matrixgen"},
		Check:  lint.ReportedBySuppress,
	}
}
