package lint

import (
	"net/url"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// idpClient is an enabled provider of MAS with the client that Pocket ID has for it.
type idpClient struct {
	provider *model.Node
	// spec is the client as it stands in a document, and doc is that.
	spec *model.Node
	doc  *model.Document
}

// idpClients returns the clients that belong to a provider: by their id, or as the only one whose callbacks are on MAS's host.
func idpClients(d *model.Deployment) []idpClient {
	providers := enabledProviders(d)
	var clients []idpClient
	for _, provider := range providers {
		var byID, byHost []idpClient
		for _, doc := range d.Documents {
			if doc.Kind != model.KindPocketIDClient || doc.Root == nil {
				continue
			}
			for _, spec := range clientSpecs(doc) {
				c := idpClient{provider, spec, doc}
				switch {
				case model.Compare(spec.Get("id"), provider.Get("client_id")) == model.Equal:
					byID = append(byID, c)
				case len(providers) == 1 && len(c.onHost(d)) > 0:
					byHost = append(byHost, c)
				}
			}
		}
		switch {
		case len(byID) == 1:
			clients = append(clients, byID[0])
		case len(byID) == 0 && len(byHost) == 1:
			clients = append(clients, byHost[0])
		case len(byID) == 0 && len(byHost) == 0 && len(providers) == 1:
			clients = append(clients, onlySpec(d, provider)...)
		}
	}
	return clients
}

// onlySpec returns the one client that there is, if it has no id by which it could be told to be another's.
func onlySpec(d *model.Deployment, provider *model.Node) []idpClient {
	var all []idpClient
	for _, doc := range d.Documents {
		if doc.Kind == model.KindPocketIDClient && doc.Root != nil {
			for _, spec := range clientSpecs(doc) {
				all = append(all, idpClient{provider, spec, doc})
			}
		}
	}
	if len(all) == 1 && !isSet(all[0].spec.Get("id")) {
		return all
	}
	return nil
}

// clientSpecs returns the clients of a document: the document itself, or those in its list.
func clientSpecs(doc *model.Document) []*model.Node {
	if doc.Root.Get("callbackURLs") != nil || doc.Root.Kind == model.Map {
		return []*model.Node{doc.Root}
	}
	return slices.DeleteFunc(slices.Clone(doc.Root.Items), func(n *model.Node) bool { return n.Get("callbackURLs") == nil })
}

// callbacks returns the callbacks of the client that are known, and whether those are all.
func (c idpClient) callbacks() (known []*model.Node, whole bool) {
	list := c.spec.Get("callbackURLs")
	whole = !c.doc.Excerpt && !c.doc.Template
	if list == nil {
		return nil, whole
	}
	whole = whole && !list.Unknown
	for _, item := range list.Items {
		if _, ok := item.Literal(); ok {
			known = append(known, item)
		} else {
			whole = false
		}
	}
	return known, whole
}

// onHost returns the callbacks that are on the host of MAS.
func (c idpClient) onHost(d *model.Deployment) []*model.Node {
	base, known := publicBase(d)
	if !known {
		return nil
	}
	all, _ := c.callbacks()
	var found []*model.Node
	for _, item := range all {
		if u, err := url.Parse(item.Text); err == nil && strings.EqualFold(u.Host, base.Host) {
			found = append(found, item)
		}
	}
	return found
}

// position returns where a key of the client stands, or where the client does.
func (c idpClient) position(key string) diag.Position { return keyPosition(c.spec, key) }

// publicBase returns the public base of MAS as MAS reads it: the port that the scheme implies is dropped.
func publicBase(d *model.Deployment) (*url.URL, bool) {
	text, known := d.MAS.At("http", "public_base").Literal()
	if !known || model.IsPlaceholder(text) {
		return nil, false
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return nil, false
	}
	u.Host = strings.ToLower(u.Host)
	if port := ":" + map[string]string{"https": "443", "http": "80"}[u.Scheme]; len(port) > 1 {
		u.Host = strings.TrimSuffix(u.Host, port)
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u, true
}

// anyULID stands for the ULID of a provider whose id is none, which is for another rule.
const anyULID = "01HFVBY12TMNTYTBV8W921M5FA"

// callbackURL returns the URL to which a provider of MAS returns, and whether its id is a ULID.
func callbackURL(d *model.Deployment, provider *model.Node) (callback string, isULID, known bool) {
	base, known := publicBase(d)
	if !known {
		return "", false, false
	}
	id, known := provider.Get("id").Literal()
	if !known || model.IsPlaceholder(id) {
		return "", false, false
	}
	problem, known := ulidProblem(provider.Get("id"))
	isULID = known && problem == ""
	ulid := anyULID
	if isULID {
		ulid = canonicalULID(id)
	}
	return base.ResolveReference(&url.URL{Path: "upstream/callback/" + ulid}).String(), isULID, true
}
