package matrix

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// IDPClient is an enabled provider of MAS with the client that Pocket ID has for it.
type IDPClient struct {
	Provider *model.Node
	// Spec is the client as it stands in a document, and doc is that.
	Spec *model.Node
	Doc  *model.Document
}

// IDPClients returns the clients that belong to a provider: by their id, or as the only one whose callbacks are on MAS's host.
func IDPClients(d *model.Deployment) []IDPClient {
	if !slices.ContainsFunc(d.Documents, func(doc *model.Document) bool { return doc.Kind == model.KindPocketIDClient && doc.Root != nil }) {
		return nil
	}
	providers := EnabledProviders(d)
	var clients []IDPClient
	for _, provider := range providers {
		var byID, byHost []IDPClient
		for _, doc := range d.Documents {
			if doc.Kind != model.KindPocketIDClient || doc.Root == nil {
				continue
			}
			for _, spec := range clientSpecs(doc) {
				c := IDPClient{provider, spec, doc}
				switch {
				case model.Compare(spec.Get("id"), provider.Get("client_id")) == model.Yes:
					byID = append(byID, c)
				case len(providers) == 1 && len(c.OnHost(d)) > 0:
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
func onlySpec(d *model.Deployment, provider *model.Node) []IDPClient {
	var all []IDPClient
	for _, doc := range d.Documents {
		if doc.Kind == model.KindPocketIDClient && doc.Root != nil {
			for _, spec := range clientSpecs(doc) {
				all = append(all, IDPClient{provider, spec, doc})
			}
		}
	}
	if len(all) == 1 && !all[0].Spec.Get("id").IsSet() {
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

// Callbacks returns the callbacks of the client that are known, and whether those are all.
func (c IDPClient) Callbacks() (known []*model.Node, whole bool) {
	list := c.Spec.Get("callbackURLs")
	whole = !c.Doc.Excerpt && !c.Doc.Template
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

// OnHost returns the callbacks that are on the host of MAS.
func (c IDPClient) OnHost(d *model.Deployment) []*model.Node {
	base, known := PublicBase(d)
	if !known {
		return nil
	}
	all, _ := c.Callbacks()
	var found []*model.Node
	for _, item := range all {
		if u, err := url.Parse(item.Text); err == nil && strings.EqualFold(u.Host, base.Host) {
			found = append(found, item)
		}
	}
	return found
}

// Position returns where a key of the client stands, or where the client does.
func (c IDPClient) Position(key string) diag.Position { return c.Spec.KeyPosition(key) }

// PublicBase returns the public base of MAS as MAS reads it: the port that the scheme implies is dropped.
func PublicBase(d *model.Deployment) (*url.URL, bool) {
	text, known := d.MAS.At("http", "public_base").Literal()
	if !known || placeholder.In(text) {
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

// AnyULID stands for the ULID of a provider whose id is none, which is for another rule.
const AnyULID = "01HFVBY12TMNTYTBV8W921M5FA"

// CallbackURL returns the URL to which a provider of MAS returns, and whether its id is a ULID.
func CallbackURL(d *model.Deployment, provider *model.Node) (callback string, isULID, known bool) {
	base, known := PublicBase(d)
	if !known {
		return "", false, false
	}
	id, known := provider.Get("id").Literal()
	if !known || placeholder.In(id) {
		return "", false, false
	}
	problem, known := UlidProblem(provider.Get("id"))
	isULID = known && problem == ""
	ulid := AnyULID
	if isULID {
		ulid = CanonicalULID(id)
	}
	return base.ResolveReference(&url.URL{Path: "upstream/callback/" + ulid}).String(), isULID, true
}

// Match is how a list of callbacks has one.
type Match int

const (
	noMatch Match = iota
	MatchesByPattern
	MatchesExactly
)

// Match returns whether the client has a callback: as it is, or only by a pattern. For a provider whose id is no ULID, that of any ULID counts.
func (c IDPClient) Match(callback string, isULID bool) (*model.Node, Match) {
	var byPattern *model.Node
	items, _ := c.Callbacks()
	for _, item := range items {
		base, last := path.Split(item.Text)
		wanted := callback
		if problem, known := UlidProblem(&model.Node{Kind: model.String, Text: last}); !isULID && known && problem == "" && base+AnyULID == callback {
			wanted = item.Text
		}
		switch {
		case item.Text == wanted:
			return item, MatchesExactly
		case !MatchesCallback(item.Text, wanted):
		case !strings.Contains(item.Text, "*"):
			return item, MatchesExactly
		case byPattern == nil:
			byPattern = item
		}
	}
	if byPattern != nil {
		return byPattern, MatchesByPattern
	}
	return nil, noMatch
}

// Nearest returns the callback that was probably meant for MAS: one of its own path, or else the only one on its host. It is nil if there
// is none, and if it is that of another provider.
func (c IDPClient) Nearest(d *model.Deployment) *model.Node {
	taken := map[string]bool{}
	for _, provider := range MASItems(d, "upstream_oauth2", "providers") {
		if callback, isULID, known := CallbackURL(d, provider); known && isULID && provider != c.Provider {
			taken[callback] = true
		}
	}
	var onHost []*model.Node
	for _, item := range c.OnHost(d) {
		switch {
		case taken[item.Text] || strings.Contains(item.Text, "/_synapse/client/"):
		case strings.Contains(item.Text, "/upstream/callback/"):
			return item
		default:
			onHost = append(onHost, item)
		}
	}
	if len(onHost) == 1 {
		return onHost[0]
	}
	return nil
}

// Blamed returns the callback that redirect-uri-mismatch reports, which is not reported twice.
func (c IDPClient) Blamed(d *model.Deployment) *model.Node {
	callback, isULID, known := CallbackURL(d, c.Provider)
	if _, match := c.Match(callback, isULID); known && match == noMatch {
		return c.Nearest(d)
	}
	return nil
}
