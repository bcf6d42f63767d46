package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// migrationProviderMapping: users that log in at an identity provider are taken over only if MAS says which of its providers that is.
func migrationProviderMapping() lint.Rule {
	return lint.Rule{
		Name:      "migration-provider-mapping-missing",
		Severity:  diag.Error,
		Documents: "mas, synapse (old file)",
		Title:     "no provider of MAS takes over one of Synapse's",
		Why: "syn2mas refuses a provider of Synapse that no provider of MAS names by synapse_idp_id; without the migration, people who log " +
			"in by it are refused, because their name is taken.",
		Sees: "which must also be configured in the MAS configuration as an upstream provider; later: Localpart not available",
		Quotes: map[string][]string{
			"MAS 1.22.0": {"which must also be configured in the MAS configuration as an upstream provider", "Localpart not available"},
		},
		Before: example.Migration("", example.Bcrypt),
		After:  example.Migration("      synapse_idp_id: oidc-sso\n", example.Bcrypt),
		Source: []string{
			"https://element-hq.github.io/matrix-authentication-service/setup/migration.html",
			"https://github.com/element-hq/matrix-authentication-service/issues/4597",
			"https://github.com/element-hq/matrix-authentication-service/issues/5216",
			"https://github.com/element-hq/ess-helm/issues/740",
		},
		Check: checkMigrationProviderMapping,
	}
}

func checkMigrationProviderMapping(d *model.Deployment, report func(diag.Finding)) {
	old := matrix.OldSynapse(d)
	report = lint.OnceMigrated(d, report)
	providers := d.MAS.At("upstream_oauth2", "providers")
	if old == nil || d.MAS == nil || d.MAS.Partial || providers != nil && (providers.Unknown || providers.IsSet() && providers.Kind != model.List) {
		return
	}
	taken := map[string]bool{}
	for _, provider := range matrix.MASItems(d, "upstream_oauth2", "providers") {
		id := provider.Get("synapse_idp_id")
		text, known := id.Literal()
		if id.IsSet() && (!known || placeholder.In(text)) {
			return
		}
		taken[text] = true
	}
	for _, p := range synapseProviders(old) {
		if taken[p.id] {
			continue
		}
		report(diag.Finding{
			Position: p.at,
			Message:  fmt.Sprintf("who logs in by this provider is not taken over to MAS: none of its providers has synapse_idp_id: %s", p.id),
			Hint:     fmt.Sprintf("write synapse_idp_id: %s at the provider of MAS, and keep this file for syn2mas --synapse-config", p.id),
			Related:  []diag.Related{{Position: d.MAS.Nearest("upstream_oauth2", "providers"), Message: "the providers of MAS"}},
		})
	}
}

// synapseProvider is an identity provider of Synapse, by the name that it has in its database.
type synapseProvider struct {
	id string
	at diag.Position
}

func synapseProviders(synapse *model.Node) []synapseProvider {
	var found []synapseProvider
	if list := synapse.Get("oidc_providers"); list != nil {
		for _, item := range list.Items {
			id := item.Get("idp_id")
			text, known := id.Literal()
			switch {
			case id == nil && item.Kind == model.Map:
				found = append(found, synapseProvider{"oidc", item.Position})
			case known && text == "oidc":
				found = append(found, synapseProvider{text, id.Position})
			case known && !placeholder.In(text):
				found = append(found, synapseProvider{"oidc-" + text, id.Position})
			}
		}
	}
	if section := synapse.Get("oidc_config"); section.Get("enabled").True() {
		found = append(found, synapseProvider{"oidc", synapse.KeyPosition("oidc_config")})
	}
	return found
}
