package rules

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/lint"
)

// elementJSONInvalid is found where files are read.
func elementJSONInvalid() lint.Rule {
	return lint.Rule{
		Name:      "element-json-invalid",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "element",
		Title:     "a config.json that is no JSON",
		Why: "The browser takes strict JSON only: a comment, or a comma before a closing bracket, and Element shows an error in place of " +
			"the login.",
		Sees: "Your Element is misconfigured: Your Element configuration contains invalid JSON.",
		Quotes: map[string][]string{
			"Element Web 1.12.26": {"Your Element configuration contains invalid JSON."},
		},
		Before: `-- config.json --
{
  "default_server_config": {
    "m.homeserver": {"base_url": "https://matrix.example.org", "server_name": "example.org"},
  }
}
`,
		After: `-- config.json --
{
  "default_server_config": {
    "m.homeserver": {"base_url": "https://matrix.example.org", "server_name": "example.org"}
  }
}
`,
		Repairs: "removes commas before closing brackets from a file that is right otherwise",
		Source: []string{
			"https://github.com/element-hq/element-web/blob/develop/docs/config.md",
			"element-hq/element-web apps/web/src/vector/getconfig.ts",
		},
		Check: lint.ReportedByReader,
	}
}
