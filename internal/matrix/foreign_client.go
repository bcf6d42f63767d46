package matrix

import (
	"regexp"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// ForeignClient is an enabled provider of MAS with the client that Authelia, Authentik or Keycloak has for it.
type ForeignClient struct {
	Provider *model.Node
	// Product is what operators call the identity provider.
	Product string
	// ID is the id of the client, and Spec the client as it stands in the document.
	ID, Spec *model.Node
	// Redirects are where it lets logins go back to. Whole says that there are no others.
	Redirects []Redirect
	Whole     bool
	// Method is how the client proves who it is; nil if nothing says so. It is a word of OpenID Connect.
	Method *model.Node
	// Public says that the client has no secret.
	Public *model.Node
}

// Redirect is a URL that a client may be sent back to.
type Redirect struct {
	*model.Node
	// Expression says that it is a regular expression, and Star that a star at its end stands for anything.
	Expression, Star bool
}

// Takes reports whether the redirect lets a login go back to a URL.
func (r Redirect) Takes(url string) bool {
	text, known := r.Literal()
	if !known {
		return true
	}
	if r.Expression {
		expression, err := regexp.Compile("^(?:" + text + ")$")
		return err != nil || expression.MatchString(url)
	}
	if prefix, star := strings.CutSuffix(text, "*"); star && r.Star {
		return strings.HasPrefix(url, prefix)
	}
	return text == url
}

// ForeignClients returns the clients that have the id of an enabled provider of MAS, in order. Samples are left out.
func ForeignClients(d *model.Deployment) []ForeignClient {
	var all []ForeignClient
	for _, provider := range EnabledProviders(d) {
		for _, doc := range d.Documents {
			if doc.Root == nil || doc.Excerpt || doc.Template && !doc.Whole {
				continue
			}
			for _, c := range foreignClientsIn(doc) {
				if model.Compare(c.ID, provider.Get("client_id")) == model.Yes {
					c.Provider = provider
					all = append(all, c)
				}
			}
		}
	}
	return all
}

// foreignClientsIn returns the clients that a document has.
func foreignClientsIn(doc *model.Document) []ForeignClient {
	switch doc.Kind {
	case model.KindAuthelia:
		return autheliaClients(doc.Root)
	case model.KindKeycloak:
		return keycloakClients(doc.Root)
	case model.KindAuthentik:
		return authentikClients(doc.Root)
	}
	return nil
}

// autheliaClients: https://www.authelia.com/configuration/identity-providers/openid-connect/clients/
func autheliaClients(root *model.Node) []ForeignClient {
	var all []ForeignClient
	for _, spec := range root.At("identity_providers", "oidc").ItemsAt("clients") {
		c := ForeignClient{Product: "Authelia", ID: spec.Get("client_id"), Spec: spec, Public: spec.Get("public"), Method: spec.Get("token_endpoint_auth_method")}
		if c.ID == nil {
			c.ID = spec.Get("id") // before 4.38
		}
		c.Redirects, c.Whole = redirects(spec.Get("redirect_uris"))
		all = append(all, c)
	}
	return all
}

// keycloakClients: https://www.keycloak.org/docs-api/latest/rest-api/index.html#ClientRepresentation
func keycloakClients(root *model.Node) []ForeignClient {
	var all []ForeignClient
	for _, spec := range root.ItemsAt("clients") {
		c := ForeignClient{Product: "Keycloak", ID: spec.Get("clientId"), Spec: spec, Public: spec.Get("publicClient")}
		c.Redirects, c.Whole = redirects(spec.Get("redirectUris"))
		for i := range c.Redirects {
			c.Redirects[i].Star = true
			c.Whole = c.Whole && strings.Contains(c.Redirects[i].Text, "://") // others are below an address of the client
		}
		all = append(all, c)
	}
	return all
}

// authentikClients: https://docs.goauthentik.io/customize/blueprints/v1/models/, oauth2provider.
func authentikClients(root *model.Node) []ForeignClient {
	var all []ForeignClient
	for _, entry := range root.ItemsAt("entries") {
		if !entry.Get("model").Is("authentik_providers_oauth2.oauth2provider") {
			continue
		}
		spec := entry.Get("attrs")
		c := ForeignClient{Product: "Authentik", ID: spec.Get("client_id"), Spec: spec}
		list := spec.Get("redirect_uris")
		if list == nil || list.Kind != model.List || list.Unknown {
			continue // a text, until 2024.12: its lines may be expressions
		}
		c.Whole = true
		for _, item := range list.Items {
			url, mode := item.Get("url"), item.Get("matching_mode")
			if _, known := url.Literal(); !known || mode != nil && mode.Unknown {
				c.Whole = false
				continue
			}
			c.Redirects = append(c.Redirects, Redirect{Node: url, Expression: mode.Is("regex")})
		}
		all = append(all, c)
	}
	return all
}

// redirects returns the items of a list that are known, and whether those are all.
func redirects(list *model.Node) ([]Redirect, bool) {
	if list == nil || list.Kind != model.List || list.Unknown {
		return nil, false
	}
	var all []Redirect
	whole := true
	for _, item := range list.Items {
		if _, known := item.Literal(); !known {
			whole = false
			continue
		}
		all = append(all, Redirect{Node: item})
	}
	return all, whole
}
