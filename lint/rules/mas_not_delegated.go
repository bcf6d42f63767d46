package rules

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// masNotDelegated: MAS runs beside a Synapse that was never told.
func masNotDelegated() lint.Rule {
	return lint.Rule{
		Name:      "mas-not-delegated",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "mas, synapse, compose",
		Title:     "MAS is deployed, and Synapse keeps its own logins",
		Why:       "Synapse does not know of MAS: clients log in at Synapse as before, and MAS cannot make users in it.",
		Sees:      "401 M_UNKNOWN_TOKEN in the log of MAS",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"M_UNKNOWN_TOKEN"},
		},
		Before: example.Deployed(`matrix_authentication_service:
  enabled: false
`, "http://synapse:8008/"),
		After:  example.Endpoint("http://mas:8080/", "http://synapse:8008/"),
		Source: []string{"element-hq/synapse synapse/rest/synapse/client/__init__.py"},
		Check:  checkMASNotDelegated,
	}
}

func checkMASNotDelegated(d *model.Deployment, report func(diag.Finding)) {
	report = lint.Guessing(report, d.MAS, d.Synapse)
	if len(d.Services) == 0 || !matrix.Related(d, d.MAS, d.Synapse) || d.MAS.Service.Inactive || matrix.DelegationOf(d.Synapse) != matrix.NotDelegated {
		return
	}
	homeserver := d.MAS.At("matrix", "homeserver")
	if model.Compare(homeserver, d.Synapse.At("server_name")) != model.Yes || isMigrating(d) {
		return
	}
	report(diag.Finding{
		Position: matrix.DelegationPosition(d.Synapse),
		Message:  "Synapse keeps its own logins, although MAS runs for it, and MAS cannot make users in it",
		Hint:     "write matrix_authentication_service with enabled: true, endpoint and secret_path",
		Related:  []diag.Related{{Position: homeserver.Position, Message: "MAS is for this homeserver"}},
	})
}

// isMigrating reports whether accounts are still to be moved from Synapse to MAS: until then Synapse keeps the logins.
func isMigrating(d *model.Deployment) bool {
	if kind := d.MAS.At("matrix", "kind"); kind.IsSet() && (kind.Unknown || kind.Is("synapse_read_only")) {
		return true
	}
	for _, provider := range matrix.MASItems(d, "upstream_oauth2", "providers") {
		if provider.Get("synapse_idp_id").IsSet() && (matrix.PythonTrue(d.Synapse.At("oidc_providers")) == model.Yes || matrix.PythonTrue(d.Synapse.At("oidc_config")) == model.Yes) {
			return true
		}
	}
	return false
}
