package rules

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/lint"
)

// suppressionUnused is found by Suppress, when all other rules have run.
func suppressionUnused() lint.Rule {
	return lint.Rule{
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
		Source: []string{"docs/rules/README.md of matrixgen"},
		Check:  lint.ReportedBySuppress,
	}
}
