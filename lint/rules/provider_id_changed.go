package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// providerIDChanged: the id is what ties accounts to a provider; the provider itself knows nothing of it.
func providerIDChanged() lint.Rule {
	const renamed = `upstream_oauth2:
  providers:
    - id: 01K8A9Z3N4B5C6D7E8F9G0H1J2
      issuer: https://id.example.org/realms/home
      client_id: mas
      client_secret_file: /run/secrets/client
      token_endpoint_auth_method: client_secret_basic
      scope: openid profile email
`
	return lint.Rule{
		Name:      "provider-id-changed",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Fatal:     true,
		Documents: "mas, synapse; against an earlier revision",
		Title:     "an identity provider has another id than before",
		Why: "MAS takes it for another provider and disables the old one, whose links tie the accounts to their users. The redirect URI changes, " +
			"too. Synapse, where it signs users in itself, does not recognise them either.",
		Sees: "an invalid callback at the provider, then \"User exists\" at the next sign-in",
		Quotes: map[string][]string{
			"MAS 1.22.0": {"User exists"},
		},
		Earlier:  example.MAS(example.Provider),
		Before:   example.MAS(renamed),
		After:    example.MAS(example.Provider + strings.TrimPrefix(renamed, "upstream_oauth2:\n  providers:\n")),
		Versions: "",
		Source: []string{
			"element-hq/matrix-authentication-service crates/cli/src/sync.rs",
			"https://element-hq.github.io/synapse/latest/usage/configuration/config_documentation.html#oidc_providers",
		},
		CheckChange: checkProviderIDChanged,
	}
}

func checkProviderIDChanged(before, after *model.Deployment, report func(diag.Finding)) {
	mas := func(d *model.Deployment) []*model.Node { return d.MAS.At("upstream_oauth2").ItemsAt("providers") }
	reportRenamed("id", mas(before), mas(after), lint.Guessing(report, before.MAS, after.MAS))
	synapse := func(d *model.Deployment) []*model.Node {
		if d.Synapse == nil {
			return nil
		}
		return d.Synapse.Root.ItemsAt("oidc_providers")
	}
	reportRenamed("idp_id", synapse(before), synapse(after), lint.Guessing(report, before.Synapse, after.Synapse))
}

// reportRenamed reports providers that are the same by issuer and client, and have another id. One whose old id stays beside it is new.
func reportRenamed(key string, old, new []*model.Node, report func(diag.Finding)) {
	has := func(providers []*model.Node, id string) bool {
		return slices.ContainsFunc(providers, func(p *model.Node) bool {
			text, known := p.Get(key).Literal()
			return !known || strings.EqualFold(text, id)
		})
	}
	for _, now := range new {
		for _, then := range old {
			from, to, different := lint.Replaced(then.Get(key), now.Get(key))
			same := model.SameURL(then.Get("issuer"), now.Get("issuer")) == model.Yes && model.Compare(then.Get("client_id"), now.Get("client_id")) == model.Yes
			if !different || !same || has(new, from) || has(old, to) {
				continue
			}
			report(diag.Finding{
				Position: now.Get(key).Position, Subject: to,
				Message: fmt.Sprintf("the provider's id %s becomes %s: nobody who signs in by it finds his account", from, to),
				Hint:    "keep the old id",
				Related: lint.Was(then.Get(key), from),
			})
		}
	}
}
