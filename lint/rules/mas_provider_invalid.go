package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// masProvider: MAS checks that the keys of a provider go together, also those of one that is not enabled.
func masProvider() lint.Rule {
	return lint.Rule{
		Name:      "mas-provider-invalid",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "mas",
		Title:     "keys of an identity provider or a client do not go together",
		Why: "MAS checks every identity provider, enabled or not, before it starts: an issuer unless discovery is off, a secret for the methods " +
			"that use one and for no other, and actions that agree with skip_confirmation and on_conflict. Clients are checked in the same way.",
		Sees: "missing field `client_secret`; Unexpected field `client_secret` for the selected authentication method; The field `action` must " +
			"be `require` when `skip_confirmation` is set to `true`",
		Quotes: map[string][]string{
			"MAS 1.22.0": {"missing field `client_secret`", "Unexpected field `client_secret` for the selected authentication method", "must be `require` when"},
		},
		Before: example.MAS(`upstream_oauth2:
  providers:
    - id: 01HFVBY12TMNTYTBV8W921M5FA
      issuer: https://id.example.org/realms/home
      client_id: mas
      token_endpoint_auth_method: client_secret_basic
`),
		After: example.MAS(`upstream_oauth2:
  providers:
    - id: 01HFVBY12TMNTYTBV8W921M5FA
      issuer: https://id.example.org/realms/home
      client_id: mas
      client_secret_file: /run/secrets/client
      token_endpoint_auth_method: client_secret_basic
`),
		Source: []string{
			"element-hq/matrix-authentication-service crates/config/src/sections/upstream_oauth2.rs",
			"element-hq/matrix-authentication-service crates/config/src/sections/clients.rs",
			"https://github.com/element-hq/matrix-authentication-service/issues/2126",
		},
		Check: checkMASProvider,
	}
}

func checkMASProvider(d *model.Deployment, report func(diag.Finding)) {
	for _, provider := range matrix.MASItems(d, "upstream_oauth2", "providers") {
		if matrix.ItemsAreWhole(d.MAS) {
			reportDiscovery(provider, report)
		}
		reportMethod(d.MAS, provider, report)
		reportImports(d.MAS, provider.Get("claims_imports"), report)
	}
	for _, client := range matrix.MASItems(d, "clients") {
		reportClient(d.MAS, client, report)
	}
}

// reportDiscovery says what MAS needs to find the provider.
func reportDiscovery(provider *model.Node, report func(diag.Finding)) {
	mode := provider.Get("discovery_mode")
	switch {
	case mode.IsSet() && mode.Unknown:
	case !mode.Is("disabled"):
		if !provider.Get("issuer").IsSet() {
			report(diag.Finding{
				Position: provider.KeyPosition("issuer"),
				Message:  "MAS does not start: this identity provider has no issuer to discover it by",
				Hint:     "add issuer, or discovery_mode: disabled and the endpoints",
			})
		}
	default:
		for _, key := range []string{"authorization_endpoint", "token_endpoint"} {
			if !provider.Get(key).IsSet() {
				report(diag.Finding{
					Severity: diag.Warning,
					Position: mode.Position,
					Message:  fmt.Sprintf("nobody can log in with this identity provider: discovery is disabled, and there is no %s", key),
					Hint:     "add " + key,
				})
			}
		}
	}
}

// reportMethod holds the way in which MAS authenticates at the provider against what that needs.
func reportMethod(c *model.Configuration, provider *model.Node, report func(diag.Finding)) {
	method := provider.Get("token_endpoint_auth_method")
	name, known := method.Literal()
	if !known || placeholder.In(name) {
		return
	}
	if !slices.Contains([]string{"none", "client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "sign_in_with_apple"}, name) {
		return
	}
	secret := provider.Get("client_secret")
	if !secret.IsSet() {
		secret = provider.Get("client_secret_file")
	}
	for _, part := range []struct {
		key, words string
		value      *model.Node
		needed     bool
	}{
		{"client_secret_file", "client secret", secret, strings.HasPrefix(name, "client_secret_")},
		{"token_endpoint_auth_signing_alg", "token_endpoint_auth_signing_alg", provider.Get("token_endpoint_auth_signing_alg"), strings.HasSuffix(name, "_jwt")},
		{"sign_in_with_apple", "section sign_in_with_apple", provider.Get("sign_in_with_apple"), name == "sign_in_with_apple"},
	} {
		switch {
		case part.needed && !part.value.IsSet() && matrix.ItemsAreWhole(c):
			report(diag.Finding{
				Position: method.Position,
				Message:  fmt.Sprintf("MAS does not start: the method %s needs a %s, and there is none", name, part.words),
				Hint:     "add " + part.key,
			})
		case !part.needed && part.value.IsSet():
			report(diag.Finding{
				Position: part.value.Position,
				Message:  fmt.Sprintf("MAS does not start: the method %s takes no %s", name, part.words),
				Hint:     "delete it, or choose another token_endpoint_auth_method",
				Related:  []diag.Related{{Position: method.Position, Message: "the method"}},
			})
		}
	}
}
