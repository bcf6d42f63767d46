package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

const msc2965 = "org.matrix.msc2965.authentication"

// wellKnownContent: what clients are told in the well-known document. Its address of the homeserver is for base-url-mismatch, and those of
// calls are for rtc-transport-incomplete.
func wellKnownContent() lint.Rule {
	return lint.Rule{
		Name:      "well-known-content-wrong",
		Severity:  diag.Warning,
		Guide:     lint.GuideWarns,
		Documents: "well-known, synapse, mas, caddy, nginx",
		Title:     "the well-known document says what is not so",
		Why: "Clients read where to log in from Synapse. Older ones believe the well-known document, which is kept by hand in another place, and " +
			"keys in it that no client reads hide that something does not work.",
		Sees:   "clients disagree: some log in, others go to another address",
		Before: example.Synapse("") + wellKnownExample("https://login.example.org/") + example.MAS(""),
		After:  example.Synapse("") + wellKnownExample("https://auth.example.org/") + example.MAS(""),
		Source: []string{
			"element-hq/synapse synapse/rest/well_known.py",
			"https://github.com/matrix-org/matrix-spec-proposals/pull/2965",
			"https://github.com/matrix-org/matrix-spec-proposals/pull/4186",
		},
		Check: checkWellKnownKeys,
	}
}

func wellKnownExample(issuer string) string {
	return `-- client.json --
{
  "m.homeserver": {"base_url": "https://matrix.example.org"},
  "org.matrix.msc2965.authentication": {"issuer": "` + issuer + `"}
}
`
}

func checkWellKnownKeys(d *model.Deployment, report func(diag.Finding)) {
	if content := d.Synapse.At("extra_well_known_client_content"); content != nil {
		reportDeadKeys(content.Fields, report)
		if f := content.Field(msc2965); f != nil && matrix.DelegationOf(d.Synapse) == matrix.Delegated {
			report(diag.Finding{
				Position: f.Position,
				Message:  "Synapse does not use this: with MAS it fills " + msc2965 + " in itself",
				Hint:     "delete it",
			})
		}
	}
	for _, doc := range d.Documents {
		switch {
		case doc.Root == nil:
		case doc.Kind == model.KindWellKnownClient:
			reportDeadKeys(doc.Root.Fields, report)
			if container.IsMounted(d, doc) {
				checkWellKnownIssuer(d, doc.Root.At(msc2965, "issuer"), report)
			}
		}
	}
}

// checkWellKnownIssuer reports an issuer that is not that of MAS. One final slash makes no difference: clients ask both.
func checkWellKnownIssuer(d *model.Deployment, issuer *model.Node, report func(diag.Finding)) {
	own := d.MAS.At("http", "issuer")
	if !own.IsSet() {
		own = d.MAS.At("http", "public_base")
	}
	if model.SameURL(issuer, own) != model.No || placeholder.In(issuer.Text) || placeholder.In(own.Text) {
		return
	}
	lint.Guessing(report, d.MAS)(diag.Finding{
		Severity: diag.Warning,
		Position: issuer.Position,
		Message:  fmt.Sprintf("older clients go to %s to log in, and MAS names itself %s", issuer.Text, own.Text),
		Hint:     "delete " + msc2965 + ", which clients no longer need, or write what MAS has",
		Related:  []diag.Related{{Position: own.Position, Message: "the issuer of MAS"}},
	})
}

// reportDeadKeys reports keys of a well-known document that no client reads.
func reportDeadKeys(fields []model.Field, report func(diag.Finding)) {
	for _, f := range fields {
		hint := "delete it"
		switch f.Key {
		case "m.authentication":
			hint = "delete it: clients learn from Synapse where to log in"
		case "org.matrix.msc3575.proxy":
			hint = "delete it, and the proxy of sliding sync too: Synapse has had sliding sync itself since 1.114"
		default:
			continue
		}
		report(diag.Finding{Position: f.Position, Message: "no client reads " + f.Key, Hint: hint})
	}
}
