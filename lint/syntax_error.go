package lint

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// syntaxError is found where files are read, before there is anything to check.
func syntaxError() Rule {
	return Rule{
		Name:      "syntax-error",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "every document",
		Title:     "a file that does not parse",
		Why: "The program that reads the file stops at the first place that it does not understand. Compose then refuses the whole " +
			"project, with all its services.",
		Sees: "could not find expected ':'; found character that cannot start any token",
		Before: `-- homeserver.yaml --
server_name: example.org
report_stats: false
listeners:
	- port: 8008
`,
		After:   synapseExample(""),
		Repairs: "removes commas before closing brackets from JSON that is right otherwise",
		Source: []string{
			"https://yaml.org/spec/1.2.2/",
			"https://github.com/compose-spec/compose-spec/blob/main/spec.md",
		},
		Check: reportedByReader,
	}
}

// elementJSONInvalid is found where files are read.
func elementJSONInvalid() Rule {
	return Rule{
		Name:      "element-json-invalid",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "element",
		Title:     "a config.json that is no JSON",
		Why: "The browser takes strict JSON only: a comment, or a comma before a closing bracket, and Element shows an error in place of " +
			"the login.",
		Sees: "Your Element is misconfigured: Your Element configuration contains invalid JSON.",
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
		Check: reportedByReader,
	}
}

// reportedByReader finds nothing: package read reports it.
func reportedByReader(*model.Deployment, func(diag.Finding)) {}
