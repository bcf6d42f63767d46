package rules

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// synapseAuthConflictsWithMAS: with matrix_authentication_service on, Synapse refuses every option by which it would have logins itself.
func synapseAuthConflictsWithMAS() lint.Rule {
	return lint.Rule{
		Name:      "synapse-auth-conflicts-with-mas",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "synapse",
		Title:     "Synapse has an option for logins beside MAS",
		Why:       "Where MAS has the logins, Synapse does not start with an option that would let people log in or register at Synapse.",
		Sees:      "Password auth cannot be enabled when OAuth delegation is enabled",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"Password auth cannot be enabled when OAuth delegation is enabled"},
		},
		Before: example.Delegated(`password_config:
  enabled: true
`),
		After: example.Delegated(`password_config:
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
	// on answers whether the value of the option is one that Synapse refuses.
	on      func(*model.Node) model.Answer
	instead string
}

func conflicts() []conflict {
	section := func(n *model.Node) model.Answer {
		return model.Known(n.Kind == model.Map && matrix.PythonTrue(n) == model.Yes)
	}
	// A lifetime that stands there at all, even as a reference, is refused.
	lifetime := func(n *model.Node) model.Answer {
		return model.Known(n.Kind != model.Map && n.Kind != model.List && matrix.PythonTrue(n) != model.No)
	}
	password := func(n *model.Node) model.Answer { return model.Known(n.True() || n.Is("only_for_reauth")) }
	providers := "delete it, and add the identity provider to upstream_oauth2 of MAS"
	return []conflict{
		{[]string{"password_config", "enabled"}, password, "write enabled: false; passwords.enabled of MAS is the switch"},
		{[]string{"enable_registration"}, matrix.SwitchedOn, "delete it; account.password_registration_enabled of MAS is the switch"},
		{[]string{"user_consent"}, section, "delete the section; MAS has branding.tos_uri"},
		{[]string{"oidc_providers"}, matrix.PythonTrue, providers},
		{[]string{"oidc_config", "enabled"}, matrix.PythonTrue, providers},
		{[]string{"saml2_config", "sp_config"}, section, providers},
		{[]string{"saml2_config", "config_path"}, matrix.PythonTrue, providers},
		{[]string{"cas_config", "enabled"}, matrix.PythonTrue, providers},
		{[]string{"jwt_config", "enabled"}, matrix.PythonTrue, "delete the section"},
		{[]string{"password_providers"}, matrix.PythonTrue, "delete it; MAS has no such modules"},
		{[]string{"ldap_config", "enabled"}, matrix.PythonTrue, "delete the section; MAS reaches LDAP through an identity provider"},
		{[]string{"enable_registration_captcha"}, matrix.PythonTrue, "delete it; MAS has a section captcha"},
		{[]string{"login_via_existing_session", "enabled"}, matrix.PythonTrue, "delete the section"},
		{[]string{"refresh_token_lifetime"}, lifetime, "delete it; MAS decides how long tokens live"},
		{[]string{"nonrefreshable_access_token_lifetime"}, lifetime, "delete it; MAS decides how long tokens live"},
		{[]string{"session_lifetime"}, lifetime, "delete it; MAS decides how long sessions live"},
		{[]string{"enable_3pid_changes"}, matrix.PythonTrue, "delete it; account.email_change_allowed of MAS is the switch"},
	}
}

func checkSynapseAuthConflicts(d *model.Deployment, report func(diag.Finding)) {
	if matrix.DelegationOf(d.Synapse) != matrix.Delegated || d.Synapse.Version().Before("1.136.0") {
		return
	}
	for _, c := range conflicts() {
		node := d.Synapse.At(c.path...)
		if !node.IsSet() || c.on(node) != model.Yes || d.Synapse.At(c.path[0], "enabled").False() {
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
			Related:  []diag.Related{{Position: matrix.DelegationPosition(d.Synapse), Message: "MAS has the logins"}},
		})
	}
}
