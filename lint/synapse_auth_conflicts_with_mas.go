package lint

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// synapseAuthConflictsWithMAS: with matrix_authentication_service on, Synapse refuses every option by which it would have logins itself.
func synapseAuthConflictsWithMAS() Rule {
	return Rule{
		Name:      "synapse-auth-conflicts-with-mas",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "synapse",
		Title:     "Synapse has an option for logins beside MAS",
		Why:       "Where MAS has the logins, Synapse does not start with an option that would let people log in or register at Synapse.",
		Sees:      "Password auth cannot be enabled when OAuth delegation is enabled",
		Before: delegatedExample(`password_config:
  enabled: true
`),
		After: delegatedExample(`password_config:
  enabled: false
`),
		Versions: "Synapse 1.136.0 and later",
		Source: []string{
			"element-hq/synapse synapse/config/mas.py",
			"https://github.com/spantaleev/matrix-docker-ansible-deploy/issues/4349",
			"https://github.com/element-hq/ess-helm/issues/740",
		},
		Check: checkSynapseAuthConflicts,
	}
}

// conflict is an option that Synapse does not take beside MAS.
type conflict struct {
	path []string
	// on reports whether the value of the option is one that Synapse refuses.
	on      func(*model.Node) bool
	instead string
}

func conflicts() []conflict {
	section := func(n *model.Node) bool { return n.Kind == model.Map && pythonTrue(n) }
	lifetime := func(n *model.Node) bool {
		return n.Kind != model.Map && n.Kind != model.List && (n.Unknown || pythonTrue(n))
	}
	providers := "delete it, and add the identity provider to upstream_oauth2 of MAS"
	return []conflict{
		{[]string{"password_config", "enabled"}, func(n *model.Node) bool { return n.True() || n.Is("only_for_reauth") },
			"write enabled: false; passwords.enabled of MAS is the switch"},
		{[]string{"enable_registration"}, switchedOn, "delete it; account.password_registration_enabled of MAS is the switch"},
		{[]string{"user_consent"}, section, "delete the section; MAS has branding.tos_uri"},
		{[]string{"oidc_providers"}, pythonTrue, providers},
		{[]string{"oidc_config", "enabled"}, pythonTrue, providers},
		{[]string{"saml2_config", "sp_config"}, section, providers},
		{[]string{"saml2_config", "config_path"}, pythonTrue, providers},
		{[]string{"cas_config", "enabled"}, pythonTrue, providers},
		{[]string{"jwt_config", "enabled"}, pythonTrue, "delete the section"},
		{[]string{"password_providers"}, pythonTrue, "delete it; MAS has no such modules"},
		{[]string{"ldap_config", "enabled"}, pythonTrue, "delete the section; MAS reaches LDAP through an identity provider"},
		{[]string{"enable_registration_captcha"}, pythonTrue, "delete it; MAS has a section captcha"},
		{[]string{"login_via_existing_session", "enabled"}, pythonTrue, "delete the section"},
		{[]string{"refresh_token_lifetime"}, lifetime, "delete it; MAS decides how long tokens live"},
		{[]string{"nonrefreshable_access_token_lifetime"}, lifetime, "delete it; MAS decides how long tokens live"},
		{[]string{"session_lifetime"}, lifetime, "delete it; MAS decides how long sessions live"},
		{[]string{"enable_3pid_changes"}, pythonTrue, "delete it; account.email_change_allowed of MAS is the switch"},
	}
}

func checkSynapseAuthConflicts(d *model.Deployment, report func(diag.Finding)) {
	if delegationOf(d.Synapse) != delegated || d.Synapse.Version().Before("1.136.0") {
		return
	}
	for _, c := range conflicts() {
		node := d.Synapse.At(c.path...)
		if !isSet(node) || !c.on(node) || d.Synapse.At(c.path[0], "enabled").False() {
			continue
		}
		name := c.path[0]
		if len(c.path) > 1 && c.path[1] == "enabled" {
			name += ".enabled"
		}
		report(diag.Finding{
			Position: d.Synapse.Nearest(c.path...),
			Message:  "Synapse does not start: " + name + " may not be on where MAS has the logins",
			Hint:     c.instead,
			Related:  []diag.Related{{Position: delegationPosition(d.Synapse), Message: "MAS has the logins"}},
		})
	}
}
