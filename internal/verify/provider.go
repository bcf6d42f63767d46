package verify

import (
	"net/url"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// provider is an identity provider, to which MAS leads, or a Synapse that has its own sign-in.
type provider struct {
	node *model.Node
	// owner is who leads there: "MAS" or "Synapse". start is the URL at which it does, and after the probe that has to pass before.
	owner, start, after string
	// name is what people call it, id what its owner does.
	name, id string
	idAt     diag.Position
	// issuer is what it calls itself; "" if nobody asks it for that.
	issuer   string
	issuerAt diag.Position
	callback string
	// scope is what it is asked for, in words; "" if that is not known.
	scope   string
	scopeAt diag.Position
	// discovery says whether its owner reads its discovery document, and lax that the owner takes that as it is.
	discovery, lax bool
	pocketID       bool
}

// providersOfMAS returns the providers of MAS whose id is known.
func (s *site) providersOfMAS() []provider {
	var found []provider
	for _, node := range matrix.EnabledProviders(s.d) {
		callback, isULID, known := matrix.CallbackURL(s.d, node)
		id, _ := literal(node.Get("id"))
		if !known || !isULID {
			continue
		}
		id = matrix.CanonicalULID(id)
		p := s.provider(node, "MAS", id, "human_name")
		p.idAt, p.callback, p.scopeAt = node.KeyPosition("id"), callback, node.KeyPosition("scope")
		p.scope, _ = literal(node.Get("scope"))
		p.discovery, p.lax = !node.Get("discovery_mode").Is("disabled"), node.Get("discovery_mode").Is("insecure")
		if s.mas.known() {
			p.start, p.after = s.mas.to("/upstream/authorize/"+id), key(masDiscovery, s.masDiscoveryURL())
		}
		found = append(found, p)
	}
	return found
}

// providersOfSynapse returns the providers of a Synapse that has its own sign-in. Source: element-hq/synapse v1.163.2, synapse/config/oidc.py,
// synapse/handlers/oidc.py, and SsoRedirectServlet in synapse/rest/client/login.py.
func (s *site) providersOfSynapse() []provider {
	var found []provider
	for _, node := range s.d.Synapse.At("oidc_providers").Entered() {
		id, known := ssoID(node)
		if !known {
			continue
		}
		p := s.provider(node, "Synapse", id, "idp_name")
		p.idAt, p.callback, p.scopeAt = node.KeyPosition("idp_id"), s.home.to("/_synapse/client/oidc/callback"), node.KeyPosition("scopes")
		p.scope = scopesOf(node)
		p.discovery, p.lax = !node.Get("discover").False(), node.Get("skip_verification").True()
		// Where Synapse is to lead the browser in the end has to be said, and nobody gets there.
		p.start = s.home.to("/_matrix/client/v3/login/sso/redirect/"+id) + "?redirectUrl=" + url.QueryEscape(s.home.String())
		p.after = key("login-flows", s.home.to("/_matrix/client/v3/login"))
		found = append(found, p)
	}
	return found
}

// provider returns what the configurations of both say alike.
func (s *site) provider(node *model.Node, owner, id, nameKey string) provider {
	p := provider{node: node, owner: owner, id: id, issuerAt: node.Position}
	p.pocketID = matrix.PocketIDOf(s.d, node) != nil || matrix.IsPocketID(s.d, node)
	if issuer, known := literal(node.Get("issuer")); known {
		p.issuer, p.issuerAt = issuer, node.Get("issuer").Position
	}
	name, known := literal(node.Get(nameKey))
	if !known {
		name = "the identity provider " + id
	}
	p.name = name
	return p
}

// ssoID returns what Synapse calls a provider, and whether that is known.
func ssoID(node *model.Node) (id string, known bool) {
	if !node.Get("idp_id").IsSet() {
		return "oidc", true
	}
	id, known = literal(node.Get("idp_id"))
	if id != "oidc" {
		id = "oidc-" + id
	}
	return id, known
}

// scopesOf returns what Synapse asks a provider for, in words; "" if that is not known.
func scopesOf(node *model.Node) string {
	scopes := node.Get("scopes")
	if !scopes.IsSet() {
		return "openid"
	}
	var words []string
	for _, item := range scopes.Entered() {
		word, known := literal(item)
		if !known {
			return ""
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// about is the start without what is said in it, for people.
func (p provider) about() string {
	about, _, _ := strings.Cut(p.start, "?")
	return about
}

// document returns the URL of what the provider says of itself.
func (p provider) document() string {
	return strings.TrimSuffix(p.issuer, "/") + "/.well-known/openid-configuration"
}

// discovers reports whether the owner asks the provider where its endpoints are, at an address of the public.
func (p provider) discovers() bool {
	return p.issuer != "" && p.discovery && publicURL(p.issuer, p.issuerAt).known()
}

// host returns the host of the provider, or its name.
func (p provider) host() string {
	if u, err := url.Parse(p.issuer); err == nil && u.Host != "" {
		return u.Host
	}
	return p.name
}

// prepared returns the callbacks that MAS will have at a provider of Synapse, while it is prepared and does not run.
func (s *site) prepared(p provider) []provider {
	if p.owner != "Synapse" || s.mas.known() {
		return nil
	}
	client, _ := literal(p.node.Get("client_id"))
	return slices.DeleteFunc(s.providersOfMAS(), func(q provider) bool {
		other, _ := literal(q.node.Get("client_id"))
		return q.issuer != p.issuer || other != client
	})
}
