package lint

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/route"
)

// publicHost returns the host of a public URL.
func publicHost(n *model.Node) (string, bool) {
	text, known := n.Literal()
	u, err := url.Parse(text)
	if !known || err != nil || u.Hostname() == "" || model.IsPlaceholder(text) {
		return "", false
	}
	return strings.ToLower(u.Hostname()), true
}

// mayBecomeSame reports whether two URLs have hosts that differ, and may be the same once what stands in for something else is replaced.
func mayBecomeSame(d *model.Deployment, a, b *model.Node) bool {
	x, errX := url.Parse(a.Text)
	y, errY := url.Parse(b.Text)
	return errX == nil && errY == nil && !strings.EqualFold(x.Hostname(), y.Hostname()) && d.MayBeSameHost(x.Hostname(), y.Hostname())
}

// proxyName returns what operators call the proxy.
func proxyName(d *model.Deployment) string {
	return map[string]string{"traefik": "Traefik", "caddy": "Caddy", "nginx": "nginx"}[d.Proxy.Kind]
}

// routeName returns what operators call a route.
func routeName(r *model.Route) string {
	if r.Provider == "caddy" || r.Provider == "nginx" {
		return fmt.Sprintf("line %d", r.Position.Line)
	}
	return "the router " + r.Name
}

// hostless says of a host that the proxy does not have it, in the proxy's own words.
func hostless(d *model.Deployment) string {
	return map[string]string{"traefik": "no router has that host", "caddy": "no site of Caddy has that host", "nginx": "no server of nginx has that host"}[d.Proxy.Kind]
}

// routesTo returns the routes that end up in a service.
func routesTo(d *model.Deployment, s *model.Service) []*model.Route {
	var routes []*model.Route
	for i := range d.Routes {
		if d.Routes[i].Reaches(s) {
			routes = append(routes, &d.Routes[i])
		}
	}
	return routes
}

// get is a request to read a page.
func get(host, path string) model.Request {
	return model.Request{Host: host, Path: path, Method: "GET"}
}

// isNamed reports whether a route may take some request for the host: its rule names it, or does not say.
func isNamed(d *model.Deployment, host string) bool {
	for i := range d.Routes {
		r := &d.Routes[i]
		if !r.Serves && d.Proxy.Kind != "traefik" {
			continue // a server that sends clients on to HTTPS
		}
		for _, path := range []string{"/", "/_matrix/client/versions", "/_matrix/federation/v1/version", "/login", "/.well-known/openid-configuration"} {
			if matches, known := r.Matcher.Match(get(host, path)); matches || !known {
				return true
			}
		}
		if slices.ContainsFunc(r.Matcher.Hosts(), func(named string) bool { return strings.EqualFold(named, host) }) {
			return true
		}
	}
	return false
}

// keepsPaths reports whether a route hands on the paths of its requests as they are: it has no middleware that changes them, and none that is
// not visible.
func keepsPaths(r *model.Route) bool {
	return !slices.ContainsFunc(r.Middlewares, func(m model.Middleware) bool {
		switch m.Kind {
		case "", "stripprefix", "stripprefixregex", "replacepath", "replacepathregex", "replaceprefix", "addprefix", "redirectregex", "plugin", "errors":
			return true
		}
		return false
	})
}

// isGuarded reports whether not everybody gets through a route, or whether that cannot be told.
func isGuarded(r *model.Route) bool {
	return !r.Resolved || slices.ContainsFunc(r.Middlewares, func(m model.Middleware) bool {
		switch m.Kind {
		case "", "ipallowlist", "ipwhitelist", "basicauth", "digestauth", "forwardauth", "plugin", "redirectregex", "redirectscheme":
			return true
		}
		return false
	})
}

// isFinal reports whether a service is one that answers by itself, and that this is known.
func isFinal(s *model.Service) bool {
	return s != nil && slices.Contains([]string{"synapse", "mas", "element", "pocket-id", "livekit", "lk-jwt"}, s.Product)
}

// fate is what becomes of a request.
type fate int

const (
	// fateUnknown is what cannot be told, or a server that is not modelled.
	fateUnknown fate = iota
	// fateNobody is the proxy's own 404.
	fateNobody
	// fateService is a service that answers.
	fateService
)

// fateOf returns what becomes of a request, and the route that takes it.
func fateOf(d *model.Deployment, r model.Request) (fate, *model.Route) {
	routes, whole := d.Answering(r)
	switch {
	case len(routes) == 0 && whole:
		return fateNobody, nil
	case len(routes) == 0 || !routes[0].Resolved:
		return fateUnknown, nil
	case !keepsPaths(routes[0]):
		return fateUnknown, routes[0]
	}
	for _, b := range routes[0].Backends {
		if !isFinal(b.Service) {
			return fateUnknown, routes[0]
		}
	}
	return fateService, routes[0]
}

// seesProxy reports whether all of the configuration of the proxy is visible, so that there can be no other routes.
func seesProxy(d *model.Deployment) bool {
	if d.Proxy != nil && d.Proxy.Kind != "traefik" {
		return d.Proxy.Service != nil && !d.Proxy.Partial && !d.Proxy.Guessed
	}
	return d.Proxy != nil && d.Proxy.Static != nil && !d.Proxy.Partial && route.Has(d.Proxy.Static, "providers")
}
