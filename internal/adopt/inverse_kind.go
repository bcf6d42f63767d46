package adopt

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// kind returns what a provider is, as the language calls it: what a build named it, or what its addresses tell. A build of one that is generic says nothing of
// where to click.
func (v *inverse) kind(name string, p *model.Node) string {
	kind := v.likely(name, p)
	if slices.Contains([]string{"keycloak", "authentik", "kanidm", "entra", "google", "gitlab", "discord"}, kind) && v.isUntold(p) {
		return "generic"
	}
	return kind
}

// isUntold reports whether README.md of a build has a table of a provider, and nothing behind it of how to fill it in there.
func (v *inverse) isUntold(p *model.Node) bool {
	if !v.Generated {
		return false
	}
	for _, after := range strings.Split(v.written("README.md"), "| at "+literal(p.Get("issuer"))+" | |\n")[1:] {
		rows := after
		for strings.HasPrefix(after, "|") {
			_, after, _ = strings.Cut(after, "\n")
		}
		rows = strings.TrimSuffix(rows, after)
		if after = strings.TrimLeft(after, "\n"); strings.Contains(rows, "| client id | `"+literal(p.Get("client_id"))+"` |\n") {
			return strings.HasPrefix(after, "The redirect URI is compared ") || strings.HasPrefix(after, "#### ")
		}
	}
	return false
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
