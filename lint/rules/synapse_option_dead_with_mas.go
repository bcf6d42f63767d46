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

// synapseOptionDeadWithMAS: options that Synapse takes beside MAS, and that then do nothing.
func synapseOptionDeadWithMAS() lint.Rule {
	return lint.Rule{
		Name:      "synapse-option-dead-with-mas",
		Severity:  diag.Warning,
		Documents: "synapse, mas",
		Title:     "an option of Synapse does nothing beside MAS",
		Why: "Where MAS has the logins, Synapse starts with these options and does not act on them: what they were set for does not " +
			"happen.",
		Sees: "register_new_matrix_user ends in ERROR! Received 404 Not Found",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"ERROR! Received 404 Not Found"},
		},
		Before: example.Delegated(`allow_guest_access: true
`),
		After: example.Delegated(`allow_guest_access: false
`),
		Source: []string{
			"element-hq/synapse synapse/rest/admin/__init__.py",
		},
		Check: checkSynapseOptionDead,
	}
}

func checkSynapseOptionDead(d *model.Deployment, report func(diag.Finding)) {
	if matrix.DelegationOf(d.Synapse) != matrix.Delegated || d.Synapse.Version().Before("1.136.0") {
		return
	}
	mas := diag.Related{Position: matrix.DelegationPosition(d.Synapse), Message: "MAS has the logins"}
	dead := func(key, message, hint string) {
		report(diag.Finding{Position: d.Synapse.Nearest(key), Message: message, Hint: hint, Related: []diag.Related{mas}})
	}
	for _, key := range []string{"registration_shared_secret", "registration_shared_secret_path"} {
		if n := d.Synapse.At(key); n.IsSet() && !n.ByChart { // whose own it is harmless: nobody uses it
			dead(key, "register_new_matrix_user does not work: Synapse takes no "+key+" where MAS has the logins",
				"delete it and use mas-cli manage register-user; without macaroon_secret_key, set that first")
		}
	}
	if matrix.PythonTrue(d.Synapse.At("allow_guest_access")) == model.Yes {
		dead("allow_guest_access", "guests cannot come in: MAS has the logins, and knows no guests", "delete it")
	}
	if d.Synapse.At("refreshable_access_token_lifetime").IsSet() {
		dead("refreshable_access_token_lifetime", "tokens do not live as long as this says: MAS makes them, and does not read it",
			"delete it; MAS has experimental.access_token_ttl")
	}
	if matrix.Related(d, d.Synapse, d.MAS) {
		checkDisplayNames(d, report)
		checkLeftoverClient(d, report)
	}
}

// checkDisplayNames checks that both allow, or refuse, that users change their names. Each allows it by default.
func checkDisplayNames(d *model.Deployment, report func(diag.Finding)) {
	own, mas := d.Synapse.Bool(true, "enable_set_displayname"), d.MAS.Bool(true, "account", "displayname_change_allowed")
	if own == model.CannotTell || own.Not() != mas {
		return
	}
	at, other := d.Synapse.Nearest("enable_set_displayname"), d.MAS.Nearest("account", "displayname_change_allowed")
	if d.Synapse.At("enable_set_displayname") == nil {
		at, other = other, at
	}
	says := map[model.Answer]string{model.Yes: "lets", model.No: "does not let"}
	report(diag.Finding{
		Position: at,
		Message:  fmt.Sprintf("users see an error when they change their name: Synapse %s them, and MAS %s them", says[own], says[mas]),
		Hint:     "say the same in enable_set_displayname of Synapse and account.displayname_change_allowed of MAS",
		Related:  []diag.Related{{Position: other, Message: "the other one"}},
	})
}

// checkLeftoverClient reports the client that Synapse was by its old section.
func checkLeftoverClient(d *model.Deployment, report func(diag.Finding)) {
	for _, client := range matrix.MASItems(d, "clients") {
		id, known := client.Get("client_id").Literal()
		name, _ := client.Get("client_name").Literal()
		if known && (strings.HasSuffix(strings.ToUpper(id), "SYNAPSE") || strings.EqualFold(name, "synapse")) {
			report(diag.Finding{
				Severity: diag.Info,
				Position: client.Get("client_id").Position,
				Message:  "Synapse does not use this client: with matrix_authentication_service it needs none",
				Hint:     "delete it; mas-cli config sync --prune removes it from the database",
			})
		}
	}
}
