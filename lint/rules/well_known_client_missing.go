package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// wellKnownClientMissing: a user types example.org, and the client asks that host where the homeserver is.
func wellKnownClientMissing() lint.Rule {
	return lint.Rule{
		Name:      "well-known-client-missing",
		Severity:  diag.Error,
		Guide:     lint.GuideWarns,
		Documents: "traefik, synapse, well-known",
		Title:     "clients cannot find the homeserver by the server name",
		Why: "Clients ask the host of the server name for /.well-known/matrix/client. Without an answer, users have to know and type the host " +
			"of the homeserver itself.",
		Sees: "Failed to get autodiscovery configuration from server; from Synapse itself M_NOT_FOUND and .well-known not available, where it has no public_baseurl",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"M_NOT_FOUND", ".well-known not available"},
		},
		Before: strings.Replace(example.Routed("", example.AccountRouterLabels+example.CompatRouter), example.WellKnownClient, "", 1),
		After:  example.Routed("", example.AccountRouterLabels+example.CompatRouter),
		Source: []string{
			"element-hq/synapse synapse/rest/well_known.py",
			"https://github.com/element-hq/element-web/issues/23352",
			"https://spec.matrix.org/latest/client-server-api/#server-discovery",
		},
		Check: checkWellKnownClient,
	}
}

func checkWellKnownClient(d *model.Deployment, report func(diag.Finding)) {
	report = lint.GuessingProxy(d, report)
	a, ok := matrix.ApexOf(d)
	if !ok || d.Synapse.Partial || a.IsHomeserver {
		return // who gets no answer takes the host of the name for the homeserver, which it is
	}
	base := d.Synapse.At("public_baseurl")
	switch what, r := matrix.FateOf(d, matrix.Get(a.Host, "/.well-known/matrix/client")); {
	case what == matrix.FateService && r.ReachesProduct("synapse"):
		if base.IsSet() {
			return
		}
		report(diag.Finding{
			Position: d.Synapse.Nearest("public_baseurl"),
			Message:  fmt.Sprintf("Synapse answers 404 to /.well-known/matrix/client on %s, since it has no public_baseurl", a.Host),
			Hint:     "write public_baseurl with the address that clients use",
			Related:  []diag.Related{{Position: matrix.RulePosition(r), Message: "what leads there"}},
		})
	case what == matrix.FateService && r.ReachesProduct("mas"):
		report(diag.Finding{
			Position: matrix.RulePosition(r),
			Message:  fmt.Sprintf("clients do not find the homeserver of %s: /.well-known/matrix/client leads to MAS, which does not have it", a.Host),
			Hint:     "route the path to Synapse, or to a server that has the document",
		})
	case what == matrix.FateNobody && !matrix.HasDocument(d, model.KindWellKnownClient, "client"):
		f := diag.Finding{
			Position: a.Name.Position,
			Message:  fmt.Sprintf("clients do not find the homeserver by its name: nothing answers https://%s/.well-known/matrix/client", a.Host),
			Hint:     fmt.Sprintf("serve {\"m.homeserver\": {\"base_url\": …}} there, or route Host(`%s`) && Path(`/.well-known/matrix/client`) to Synapse", a.Host),
		}
		if !a.IsNamed {
			f.Severity = diag.Warning
			f.Message = fmt.Sprintf("clients do not find the homeserver by its name, unless somebody else answers https://%s/.well-known/matrix/client", a.Host)
		}
		report(f)
	}
}
