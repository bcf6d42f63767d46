package adopt

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// kind returns what a provider is, as the language calls it: what a build named it, or what its addresses tell.
func (v *inverse) kind(name string, p *model.Node) string {
	if _, told := v.toldProvider(p); told != nil {
		return literal(told.Get("kind"))
	}
	return v.likely(name, p)
}

// toldProvider returns what the compose file of a build has of a provider, with its name; nil if it has nothing.
func (v *inverse) toldProvider(p *model.Node) (name string, told *model.Node) {
	for _, f := range v.told("identityProviders").Entries() {
		if f.Value.Get("issuer").Is(literal(p.Get("issuer"))) && f.Value.Get("clientID").Is(literal(p.Get("client_id"))) {
			return f.Key, f.Value
		}
	}
	return "", nil
}

// likely returns what a provider is by its name and its addresses.
func (v *inverse) likely(name string, p *model.Node) string {
	issuer, asked := literal(p.Get("issuer")), literal(p.Get("authorization_endpoint"))
	method := literal(p.Get("token_endpoint_auth_method"))
	switch {
	case v.isPocketID(p):
		return "pocket-id"
	case method == "sign_in_with_apple", p.Get("client_secret_jwt_key") != nil:
		return "apple"
	case strings.HasPrefix(asked, "https://github.com/login/oauth/"):
		return "github"
	case strings.Contains(issuer, "/realms/"):
		return "keycloak"
	case strings.Contains(issuer, "/application/o/"):
		return "authentik"
	case strings.Contains(issuer, "/oauth2/openid/"):
		return "kanidm"
	case strings.HasPrefix(issuer, "https://login.microsoftonline.com/"):
		return "entra"
	}
	if known := map[string]string{"https://accounts.google.com": "google", "https://gitlab.com": "gitlab", "https://discord.com": "discord"}[issuer]; known != "" {
		return known
	}
	if v.Generated && strings.HasPrefix(issuer, "https://") && p.Get("discovery_mode").Is("insecure") && p.Get("fetch_userinfo").True() {
		return "authelia" // the one kind that a build asks so
	}
	if v.Generated && slices.Contains([]string{"authelia", "zitadel", "gitlab"}, name) {
		return name
	}
	return "generic"
}
