package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// serverNameMismatch: the name behind the colon of every user. MAS makes user ids of it, and Synapse looks for just those.
func serverNameMismatch() lint.Rule {
	return lint.Rule{
		Name:      "server-name-mismatch",
		Severity:  diag.Error,
		Documents: "synapse, mas, element",
		Title:     "the server name differs between the services",
		Why: "MAS makes user ids of its own idea of the server name, and Synapse knows none of these users. Element shows its idea of the " +
			"name at the login.",
		Sees: "500 User not found, and at a migration: MAS configuration has the wrong `matrix.homeserver` set",
		Quotes: map[string][]string{
			"MAS 1.22.0": {"MAS configuration has the wrong `matrix.homeserver` set"},
		},
		Before: serverNameExample("matrix.example.org"),
		After:  serverNameExample("example.org"),
		Source: []string{
			"element-hq/matrix-authentication-service crates/syn2mas/src/synapse_reader/checks.rs",
			"element-hq/synapse synapse/api/auth/mas.py",
		},
		Check: checkServerNameMismatch,
	}
}

func serverNameExample(homeserver string) string {
	return example.Delegated("") + example.MAS(`matrix:
  homeserver: `+homeserver+`
  endpoint: http://synapse:8008/
  secret_file: /run/secrets/shared
`)
}

func checkServerNameMismatch(d *model.Deployment, report func(diag.Finding)) {
	report = lint.Guessing(report, d.MAS, d.Synapse)
	name, of := d.Synapse.At("server_name"), "server_name of Synapse"
	homeserver := d.MAS.At("matrix", "homeserver")
	shown := d.Element.At("default_server_config", "m.homeserver", "server_name")
	switch {
	case !matrix.Related(d, d.Synapse, d.MAS):
		if d.Synapse == nil && matrix.Related(d, d.Element, d.MAS) {
			name, of = homeserver, "matrix.homeserver of MAS"
		}
	case homeserver.IsSet():
		compareServerNames(name, homeserver, diag.Finding{
			Severity: diag.Error,
			Position: homeserver.Position,
			Message:  "MAS makes user ids that Synapse does not know: its server name is " + homeserver.Text,
			Hint:     "write the server_name of Synapse here, not the host that it is reached at",
		}, of, report)
	case d.MAS.At("matrix") != nil && !d.MAS.Partial:
		usual := &model.Node{Kind: model.String, Text: "localhost:8008", Position: d.MAS.Nearest("matrix", "homeserver")}
		compareServerNames(name, usual, diag.Finding{
			Severity: diag.Error,
			Position: usual.Position,
			Message:  "MAS makes user ids that Synapse does not know: without matrix.homeserver its server name is " + usual.Text,
			Hint:     "add homeserver with the server_name of Synapse",
		}, of, report)
	}
	if shown.IsSet() && (matrix.Related(d, d.Synapse, d.Element) || d.Synapse == nil && matrix.Related(d, d.MAS, d.Element)) {
		compareServerNames(name, shown, diag.Finding{
			Severity: diag.Warning,
			Position: shown.Position,
			Message:  "Element shows its users another server name than they have: " + shown.Text,
			Hint:     "write the server name here; it only needs base_url to find the host",
		}, of, report)
	}
}

// compareServerNames reports the finding if two server names differ. Names that are URLs, or placeholders, are for other rules.
func compareServerNames(name, other *model.Node, f diag.Finding, of string, report func(diag.Finding)) {
	if first, second, differ := facts.TwoSources(name, other); differ {
		f.Severity = diag.Warning
		f.Message = fmt.Sprintf("the server name comes from two variables, %s and %s, and nothing makes them equal", second, first)
		f.Hint = "take both from one variable"
		f.Related = []diag.Related{{Position: name.Position, Message: "the other one: " + of}}
		report(f)
		return
	}
	text, _ := name.Literal()
	otherText, _ := other.Literal()
	if model.Compare(name, other) != model.No || placeholder.In(text) || placeholder.In(otherText) || strings.Contains(text+otherText, "://") {
		return
	}
	f.Message += fmt.Sprintf(", and %s is %s", of, text)
	f.Related = []diag.Related{{Position: name.Position, Message: of}}
	report(f)
}
