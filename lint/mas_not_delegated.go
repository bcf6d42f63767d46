package lint

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// masNotDelegated: MAS runs beside a Synapse that was never told.
func masNotDelegated() Rule {
	return Rule{
		Name:      "mas-not-delegated",
		Severity:  diag.Error,
		Guide:     GuideNever,
		Documents: "mas, synapse, compose",
		Title:     "MAS is deployed, and Synapse keeps its own logins",
		Why:       "Synapse does not know of MAS: clients log in at Synapse as before, and MAS cannot make users in it.",
		Sees:      "401 M_UNKNOWN_TOKEN in the log of MAS",
		Before: deployedExample(`matrix_authentication_service:
  enabled: false
`, "http://synapse:8008/"),
		After:  endpointExample("http://mas:8080/", "http://synapse:8008/"),
		Source: []string{"element-hq/synapse synapse/rest/synapse/client/__init__.py"},
		Check:  checkMASNotDelegated,
	}
}

func checkMASNotDelegated(d *model.Deployment, report func(diag.Finding)) {
	report = guessing(report, d.MAS, d.Synapse)
	if len(d.Services) == 0 || !related(d, d.MAS, d.Synapse) || d.MAS.Service.Inactive || delegationOf(d.Synapse) != notDelegated {
		return
	}
	homeserver := d.MAS.At("matrix", "homeserver")
	if model.Compare(homeserver, d.Synapse.At("server_name")) != model.Equal || isMigrating(d) {
		return
	}
	report(diag.Finding{
		Position: delegationPosition(d.Synapse),
		Message:  "Synapse keeps its own logins, although MAS runs for it, and MAS cannot make users in it",
		Hint:     "write matrix_authentication_service with enabled: true, endpoint and secret_path",
		Related:  []diag.Related{{Position: homeserver.Position, Message: "MAS is for this homeserver"}},
	})
}

// isMigrating reports whether accounts are still to be moved from Synapse to MAS: until then Synapse keeps the logins.
func isMigrating(d *model.Deployment) bool {
	if kind := d.MAS.At("matrix", "kind"); isSet(kind) && (kind.Unknown || kind.Is("synapse_read_only")) {
		return true
	}
	for _, provider := range masItems(d, "upstream_oauth2", "providers") {
		if isSet(provider.Get("synapse_idp_id")) && (pythonTrue(d.Synapse.At("oidc_providers")) || pythonTrue(d.Synapse.At("oidc_config"))) {
			return true
		}
	}
	return false
}
