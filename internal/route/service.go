package route

import (
	"net/url"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// deepest is how far services and middlewares that name others are followed.
const deepest = 8

// backends returns where a service of the proxy sends requests. It is false if there may be others.
func (l *linker) backends(t tree, name string, depth int) ([]model.Backend, bool) {
	if depth > deepest {
		return nil, false
	}
	if name == "" {
		return l.linked(t)
	}
	name, provider := split(name, t.provider)
	var backends []model.Backend
	resolved := false
	for _, other := range l.trees {
		if other.provider != provider {
			continue
		}
		definition := get(other.root, "http", "services", name)
		if definition == nil {
			continue
		}
		found, ok := l.balanced(other, definition, depth)
		resolved = ok && (resolved || len(backends) == 0)
		backends = append(backends, found...)
	}
	return backends, resolved && len(backends) > 0
}

// linked returns the backends of a router that names no service: the only one of its container, or the container itself.
func (l *linker) linked(t tree) ([]model.Backend, bool) {
	services := get(t.root, "http", "services")
	switch {
	case t.owner == nil:
		return nil, false
	case services == nil || len(services.Fields) == 0:
		return []model.Backend{{Service: t.owner, Scheme: "http", Position: t.owner.Position}}, true
	case len(services.Fields) == 1:
		return l.balanced(t, services.Fields[0].Value, 0)
	}
	return nil, false
}

// ServiceNames returns the services that the labels of a container define.
func ServiceNames(s *model.Service) []string {
	var names []string
	if services := get(labelTree(Labels(s)), "http", "services"); services != nil {
		for _, f := range services.Fields {
			names = append(names, f.Key)
		}
	}
	return names
}

// balanced returns the backends of one definition of a service.
func (l *linker) balanced(t tree, definition *model.Node, depth int) ([]model.Backend, bool) {
	if list := get(definition, "weighted", "services"); list != nil {
		var backends []model.Backend
		for _, item := range list.Items {
			name, known := get(item, "name").Literal()
			found, ok := l.backends(t, name, depth+1)
			if !known || !ok {
				return nil, false
			}
			backends = append(backends, found...)
		}
		return backends, true
	}
	balancer := get(definition, "loadbalancer")
	if balancer == nil {
		return nil, false
	}
	if t.owner != nil && get(balancer, "server", "url") == nil {
		b := model.Backend{Service: t.owner, Port: get(balancer, "server", "port"), Scheme: "http", Position: balancer.Position}
		if scheme, known := get(balancer, "server", "scheme").Literal(); known {
			b.Scheme = scheme
		}
		b.Sent = sentByTraefik(balancer, model.UnknownHost) // the address of the container
		return []model.Backend{b}, true
	}
	addresses := []*model.Node{get(balancer, "server", "url")}
	if servers := get(balancer, "servers"); servers != nil {
		addresses = nil
		for _, item := range servers.Items {
			addresses = append(addresses, get(item, "url"))
		}
	}
	var backends []model.Backend
	for _, address := range addresses {
		b, ok := l.address(address)
		if !ok {
			return nil, false
		}
		b.Sent = sentByTraefik(balancer, b.Host)
		backends = append(backends, b)
	}
	return backends, len(backends) > 0
}

// sentByTraefik returns the host that requests arrive with: their own, unless passHostHeader is off.
func sentByTraefik(balancer *model.Node, address string) string {
	pass := get(balancer, "passhostheader")
	switch text, known := pass.Literal(); {
	case pass == nil, known && strings.EqualFold(text, "true"):
		return ""
	case known && strings.EqualFold(text, "false"):
		return address
	}
	return model.UnknownHost
}

// address returns the backend at a URL.
func (l *linker) address(n *model.Node) (model.Backend, bool) {
	text, known := n.Literal()
	u, err := url.Parse(text)
	if !known || err != nil || u.Hostname() == "" || strings.Contains(text, "{{") {
		return model.Backend{}, false
	}
	b := model.Backend{Host: u.Hostname(), Scheme: u.Scheme, Position: n.Position}
	b.Service = l.deployment.ServiceAt(b.Host)
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "h2c": "80", "https": "443"}[u.Scheme]
	}
	b.Port = &model.Node{Kind: model.Int, Text: port, Position: n.Position}
	return b, true
}

// middlewares returns a middleware, and in the place of a chain those that it names.
func (l *linker) middlewares(t tree, full string, at *model.Node, depth int) []model.Middleware {
	name, provider := split(full, t.provider)
	m := model.Middleware{Name: full, Position: at.Position, Effects: anything()}
	for _, other := range l.trees {
		definition := get(other.root, "http", "middlewares", name)
		if other.provider != provider || definition == nil || len(definition.Fields) != 1 {
			continue
		}
		kind := definition.Fields[0]
		m.Defined, m.Position, m.Effects = true, kind.Position, traefikEffects(strings.ToLower(kind.Key), kind.Value)
		if !strings.EqualFold(kind.Key, "chain") || depth > deepest {
			break
		}
		var chained []model.Middleware
		for _, next := range texts(get(kind.Value, "middlewares")) {
			chained = append(chained, l.middlewares(other, next, get(kind.Value, "middlewares"), depth+1)...)
		}
		return chained
	}
	return []model.Middleware{m}
}

// split returns a name without its provider, and the provider.
func split(name, provider string) (string, string) {
	if before, after, found := strings.Cut(name, "@"); found {
		return before, after
	}
	return name, provider
}

// texts returns the items of a list: one of a file, or a text with commas of a label.
func texts(n *model.Node) []string {
	if n == nil {
		return nil
	}
	var items []string
	if n.Kind == model.List {
		for _, item := range n.Items {
			items = append(items, item.Text)
		}
		return items
	}
	for item := range strings.SplitSeq(n.Text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}
