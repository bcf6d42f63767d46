// Package idp brings the identity providers of a deployment to what its files say: Pocket ID by its API, others by telling what has to stand there.
package idp

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Provider is an identity provider, and the client that the deployment has there.
type Provider struct {
	// Issuer is what it calls itself, and Name what people see on the button.
	Issuer, Name string
	ClientID     string
	// Callbacks are the redirect URIs that the client has to have.
	Callbacks []string
	Scope     string
	// Auth is how the client proves who it is: client_secret_basic, client_secret_post, none.
	Auth string
	// Slot is the name of the secret that both have; "" for a public client.
	Slot string
	// Client is what Pocket ID has to have, as its API takes it; nil for other providers.
	Client map[string]any
	// Groups are those whose members alone may sign in, by their names; none if the files do not name them.
	Groups []string
	// Inside is the service of the deployment that the provider is; "" if it runs elsewhere.
	Inside string
}

// Of returns the identity providers of a compiled deployment, in the order of its files.
func Of(d *model.Deployment) []Provider {
	var providers []Provider
	add := func(node *model.Node, callback, secret string) {
		p := Provider{Issuer: text(node, "issuer"), ClientID: text(node, "client_id"), Scope: text(node, "scope"), Auth: text(node, "token_endpoint_auth_method"), Callbacks: []string{callback}}
		if p.ClientID == "" {
			return
		}
		for _, name := range []string{"human_name", "idp_name"} {
			if found := text(node, name); found != "" {
				p.Name = found
			}
		}
		if p.Name == "" {
			p.Name = p.Issuer
		}
		p.Slot = slotOf(d, path.Base(secret))
		if i := slices.IndexFunc(providers, func(q Provider) bool { return q.Issuer == p.Issuer && q.ClientID == p.ClientID }); i >= 0 {
			providers[i].Callbacks = append(providers[i].Callbacks, callback) // MAS and Synapse share it while users move
			return
		}
		p.Client, p.Inside = pocketID(d, p)
		if p.Client != nil {
			p.Callbacks = list(p.Client, "callbackURLs")
			p.Groups = slices.Sorted(maps.Values(allowed(p.Client)))
			delete(p.Client, "allowedUserGroups") // they have a route of their own
		}
		providers = append(providers, p)
	}
	for _, node := range d.MAS.At("upstream_oauth2", "providers").Entered() {
		base, _ := d.MAS.At("http", "public_base").Literal()
		add(node, strings.TrimSuffix(base, "/")+"/upstream/callback/"+text(node, "id"), text(node, "client_secret_file"))
	}
	for _, node := range d.Synapse.At("oidc_providers").Entered() {
		base, _ := d.Synapse.At("public_baseurl").Literal()
		add(node, strings.TrimSuffix(base, "/")+"/_synapse/client/oidc/callback", text(node, "client_secret_path"))
	}
	return providers
}

// text returns a literal of a map, or "".
func text(n *model.Node, key string) string {
	found, _ := n.Get(key).Literal()
	return found
}

// slotOf returns the secret that a file of the deployment holds.
func slotOf(d *model.Deployment, file string) string {
	for _, slot := range d.Slots {
		if slices.ContainsFunc(slot.Files, func(f model.SecretFile) bool { return f.Name == file }) {
			return slot.Name
		}
	}
	return ""
}

// pocketID returns the client that the files have for a provider that is Pocket ID, and the service that it is.
func pocketID(d *model.Deployment, p Provider) (client map[string]any, service string) {
	var found []map[string]any
	for _, doc := range d.Documents {
		if doc.Kind != model.KindPocketIDClient || doc.Root == nil {
			continue
		}
		if object, ok := plain(doc.Root).(map[string]any); ok && object["id"] == p.ClientID && slices.Contains(list(object, "callbackURLs"), p.Callbacks[0]) {
			found = append(found, object)
		}
	}
	if len(found) != 1 {
		return nil, ""
	}
	for _, s := range d.Of("pocket-id") {
		if url, known := s.Env("APP_URL").Literal(); known && url == p.Issuer {
			service = s.Name
		}
	}
	return found[0], service
}

// plain returns a node as JSON is decoded.
func plain(n *model.Node) any {
	switch n.Kind {
	case model.Map:
		object := map[string]any{}
		for _, f := range n.Fields {
			object[f.Key] = plain(f.Value)
		}
		return object
	case model.List:
		items := []any{}
		for _, item := range n.Items {
			items = append(items, plain(item))
		}
		return items
	case model.String:
		return n.Text
	}
	var value any
	if json.Unmarshal([]byte(n.Text), &value) != nil {
		return nil
	}
	return value
}

// list returns the texts of a list in an object.
func list(object map[string]any, key string) []string {
	items, _ := object[key].([]any)
	var texts []string
	for _, item := range items {
		if text, ok := item.(string); ok {
			texts = append(texts, text)
		}
	}
	return texts
}

// Label is what the provider is called: by its issuer, or by its name where it says of itself nothing.
func (p Provider) Label() string {
	if p.Issuer == "" {
		return p.Name
	}
	return p.Issuer
}
