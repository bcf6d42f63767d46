package rules

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// syntaxError is found where files are read, before there is anything to check.
func syntaxError() lint.Rule {
	return lint.Rule{
		Name:      "syntax-error",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "every document",
		Title:     "a file that does not parse",
		Why: "The program that reads the file stops at the first place that it does not understand. Compose then refuses the whole " +
			"project, with all its services.",
		Sees: "could not find expected ':'; found character '\\t' that cannot start any token",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"found character '\\t' that cannot start any token"},
		},
		Before: `-- homeserver.yaml --
server_name: example.org
report_stats: false
listeners:
	- port: 8008
`,
		After:   example.Synapse(""),
		Repairs: "removes commas before closing brackets from JSON that is right otherwise",
		Source: []string{
			"https://yaml.org/spec/1.2.2/",
			"https://github.com/compose-spec/compose-spec/blob/main/spec.md",
		},
		Check: lint.ReportedByReader,
	}
}
