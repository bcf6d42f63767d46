package graph

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// provider is an identity provider that signs users in for MAS, or for Synapse itself.
type provider struct {
	settings *model.Node
	// from is the node of who asks it, and to the one of the provider.
	from, to string
	callback string // the redirect URI, or ""
	file     string // the key that names the file with the client secret
}

// signIns adds who signs users in for whom, with the redirect URIs that have to be registered.
func (b *builder) signIns() {
	d := b.deployment
	if how := matrix.DelegationOf(d.Synapse); d.MAS != nil && (how == matrix.Delegated || how == matrix.DelegatedByMSC3861) {
		b.connect(b.reader(d.Element, "element"), b.reader(d.MAS, "mas"), SignIn, "users sign in at MAS")
	}
	for _, p := range b.providers() {
		b.connect(p.from, p.to, SignIn, labelled("client", p.settings.Get("client_id")))
		if p.callback != "" {
			b.connect(p.from, p.to, SignIn, "redirect URI "+p.callback)
		}
	}
}

// providers returns the identity providers of MAS and of Synapse, and adds their nodes.
func (b *builder) providers() []provider {
	d := b.deployment
	var all []provider
	mas, synapse := b.reader(d.MAS, "mas"), b.reader(d.Synapse, "synapse")
	for _, settings := range matrix.EnabledProviders(d) {
		all = append(all, provider{settings, mas, b.providerNode(mas, settings, settings.Get("human_name")), masCallback(d, settings), "client_secret_file"})
	}
	for _, settings := range items(d.Synapse.At("oidc_providers")) {
		callback := under(d.Synapse.At("public_baseurl"), "_synapse/client/oidc/callback")
		all = append(all, provider{settings, synapse, b.providerNode(synapse, settings, settings.Get("idp_name")), callback, "client_secret_path"})
	}
	return all
}

// providerNode returns the node of an identity provider: a service of the deployment if its issuer is routed to one.
func (b *builder) providerNode(from string, settings, name *model.Node) string {
	issuer, known := settings.Get("issuer").Literal()
	u, err := url.Parse(issuer)
	if !known || err != nil || u.Hostname() == "" {
		label := cmp.Or(firstKnown(name), "identity provider")
		return b.node(Node{ID: "provider " + label, Kind: Outside, Name: label})
	}
	if s := b.answers(strings.ToLower(u.Hostname()), strings.TrimSuffix(u.Path, "/")+"/.well-known/openid-configuration"); s != nil {
		return b.serviceID(s)
	}
	if id := b.named(from, u.Hostname()); id != "" {
		return id
	}
	u.User = nil
	return b.node(Node{ID: "provider " + u.String(), Kind: Outside, Name: cmp.Or(firstKnown(name), u.Hostname()), Detail: u.String()})
}

// masCallback returns the redirect URI of a provider of MAS, or "": one whose id is no ULID has none, for MAS does not start.
func masCallback(d *model.Deployment, settings *model.Node) string {
	if callback, isULID, known := matrix.CallbackURL(d, settings); known && isULID {
		return callback
	}
	return ""
}

// under returns a URL below a base, or "" if that is not known.
func under(base *model.Node, path string) string {
	text, known := base.Literal()
	if !known || text == "" {
		return ""
	}
	return strings.TrimSuffix(text, "/") + "/" + path
}
