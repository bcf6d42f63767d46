package idp

import "strings"

// Row is a line of what has to stand at a provider.
type Row struct{ Name, Value string }

// Rows returns what has to stand at a provider, to be copied.
func (p Provider) Rows() []Row {
	var rows []Row
	for _, callback := range p.Callbacks {
		rows = append(rows, Row{"redirect URI", callback})
	}
	rows = append(rows, Row{"client id", p.ClientID})
	if p.Auth == "none" {
		rows = append(rows, Row{"client", "public, without a secret"})
	} else {
		rows = append(rows, Row{"client", "confidential, " + p.Auth})
	}
	rows = append(rows, Row{"flow", "authorization code, with PKCE (S256)"})
	if p.Scope != "" {
		rows = append(rows, Row{"scopes", p.Scope})
	}
	return rows
}

// Place says where in the pages of a provider that is: by what its issuer looks like. Source for Authentik and GitLab:
// element-hq/matrix-authentication-service docs/setup/sso.md. The pages of Keycloak and Google were not compared with a version.
func (p Provider) Place() string {
	switch {
	case strings.Contains(p.Issuer, "/realms/"):
		return "Keycloak: the realm, Clients, Create client: type OpenID Connect, Client authentication on, Standard flow alone; the redirect URI under Valid redirect URIs; the secret on the tab Credentials"
	case strings.Contains(p.Issuer, "/application/o/"):
		return "Authentik: a provider of the type OAuth2/OpenID, Client type Confidential, the redirect URI under Redirect URIs, and an application that is linked to it"
	case p.Issuer == "https://accounts.google.com":
		return "Google: the API console, Credentials, an OAuth client ID for a web application; the redirect URI under Authorized redirect URIs"
	case p.Issuer == "https://gitlab.com":
		return "GitLab: https://gitlab.com/profile/applications, with the scope openid and the redirect URI as Callback URL"
	}
	return ""
}
