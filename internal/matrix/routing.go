package matrix

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/internal/route"
)

// PublicHost returns the host of a public URL.
func PublicHost(n *model.Node) (string, bool) {
	text, known := n.Literal()
	u, err := url.Parse(text)
	if !known || err != nil || u.Hostname() == "" || placeholder.In(text) {
		return "", false
	}
	return strings.ToLower(u.Hostname()), true
}

// MayBecomeSame reports whether two URLs have hosts that differ, and may be the same once what stands in for something else is replaced.
func MayBecomeSame(d *model.Deployment, a, b *model.Node) bool {
	x, errX := url.Parse(a.Text)
	y, errY := url.Parse(b.Text)
	return errX == nil && errY == nil && !strings.EqualFold(x.Hostname(), y.Hostname()) && placeholder.MayBeSameHost(d, x.Hostname(), y.Hostname())
}

// ProxyName returns what operators call the proxy.
func ProxyName(d *model.Deployment) string {
	return map[string]string{"traefik": "Traefik", "caddy": "Caddy", "nginx": "nginx"}[d.Proxy.Kind]
}

// RouteName returns what operators call a route.
func RouteName(r *model.Route) string {
	if r.Provider == "caddy" || r.Provider == "nginx" {
		return fmt.Sprintf("line %d", r.Position.Line)
	}
	return "the router " + r.Name
}

// Hostless says of a host that the proxy does not have it on a port, in the proxy's own words. The port is "" for the usual one, which is not said unless the host is
// there on another.
func Hostless(d *model.Deployment, host, port string) string {
	said := map[string]string{"traefik": "no router has that host", "caddy": "no site of Caddy has that host", "nginx": "no server of nginx has that host"}[d.Proxy.Kind]
	isElsewhere := slices.ContainsFunc(d.Routes, func(r model.Route) bool {
		return !r.Serves && len(r.EntryPoints) > 0 && r.EntryPoints[0] != "80" && slices.ContainsFunc(r.Matcher.Hosts(), func(named string) bool { return strings.EqualFold(named, host) })
	})
	switch {
	case port != "":
		return said + " on port " + port
	case isElsewhere && d.Proxy.Kind != "traefik":
		return said + " on port 443"
	}
	return said
}

// RoutesTo returns the routes that end up in a service.
func RoutesTo(d *model.Deployment, s *model.Service) []*model.Route {
	var routes []*model.Route
	for i := range d.Routes {
		if d.Routes[i].Reaches(s) {
			routes = append(routes, &d.Routes[i])
		}
	}
	return routes
}

// Get is a request to read a page.
func Get(host, path string) model.Request {
	return model.Request{Host: host, Path: path, Method: "GET"}
}

// IsNamed reports whether a route may take some request for the host: its rule names it, or does not say.
func IsNamed(d *model.Deployment, host string) bool {
	paths := append([]string{"/"}, FirstOf(ClientCalls, FederationCalls, HumanCalls, DiscoveryCalls)...)
	for i := range d.Routes {
		r := &d.Routes[i]
		if !r.Serves && d.Proxy.Kind != "traefik" {
			continue // a server that sends clients on to HTTPS
		}
		for _, path := range paths {
			if matches, known := r.Matcher.Match(Get(host, path)); matches || !known {
				return true
			}
		}
		if slices.ContainsFunc(r.Matcher.Hosts(), func(named string) bool { return strings.EqualFold(named, host) }) {
			return true
		}
	}
	return false
}

// HostAndPath returns the host of a URL and its path. A host that comes from a variable is that reference: two of the same are equal, and a proxy that names
// the same reference has the host.
func HostAndPath(n *model.Node) (host, path string, known bool) {
	if text, literal := n.Literal(); literal {
		u, err := url.Parse(text)
		return urlHost(u), urlPath(u), err == nil && urlHost(u) != ""
	}
	if n == nil || !n.Unknown {
		return "", "", false
	}
	match := symbolicURL().FindStringSubmatch(n.Text)
	if match == nil {
		return "", "", false
	}
	return match[1], match[2], true
}

// symbolicURL matches a URL whose host has references to variables, and whose path has none.
var symbolicURL = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^https?://((?:[\w.-]|\$\{\w+\})*\$\{\w+\}(?:[\w.-]|\$\{\w+\})*)(/[^$]*)?$`)
})

// symbolicHost matches a host that has references to variables.
var symbolicHost = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:[\w.-]|\$\{\w+\})*\$\{\w+\}(?:[\w.-]|\$\{\w+\})*$`)
})

func urlHost(u *url.URL) string {
	if u == nil {
		return ""
	}
	return u.Hostname()
}

func urlPath(u *url.URL) string {
	if u == nil {
		return ""
	}
	return u.Path
}

// PublicPort returns the port of a public URL as it stands there, "" for that of its scheme.
func PublicPort(n *model.Node) string {
	text, _ := n.Literal()
	u, err := url.Parse(text)
	if err != nil || u.Port() == "443" && u.Scheme == "https" || u.Port() == "80" && u.Scheme == "http" {
		return ""
	}
	return u.Port()
}

// IsNamedAt is [IsNamed] for a port of the host, "" for the usual one. It is true if it cannot be told what is behind the port.
func IsNamedAt(d *model.Deployment, host, port string) bool {
	if port == "" {
		return IsNamed(d, host)
	}
	inside, known := insidePort(d.Proxy.Service, port)
	if !known {
		return true
	}
	for i := range d.Routes {
		r := &d.Routes[i]
		isThere := slices.Contains(r.EntryPoints, inside) || d.Proxy.Kind == "caddy" && len(r.EntryPoints) == 0
		if d.Proxy.Kind == "traefik" {
			isThere = len(r.EntryPoints) == 0 || slices.ContainsFunc(r.EntryPoints, func(name string) bool {
				address, known := d.Proxy.Static["entrypoints."+strings.ToLower(name)+".address"].Literal()
				return !known || strings.HasSuffix(strings.TrimSuffix(strings.TrimSuffix(address, "/tcp"), "/udp"), ":"+inside)
			})
		}
		if !isThere {
			continue
		}
		named := slices.ContainsFunc(r.Matcher.Hosts(), func(named string) bool { return strings.EqualFold(named, host) || named == "_" || named == "" })
		matches, known := r.Matcher.Match(Get(host, "/"))
		if named || matches || !known || len(r.Matcher.Hosts()) == 0 {
			return true
		}
	}
	return false
}

// insidePort returns the port of a container that a port of the host leads to, or the same without a container, or in the host's network.
func insidePort(s *model.Service, port string) (string, bool) {
	if s == nil || container.IsHostNetwork(s) {
		return port, true
	}
	number, err := strconv.Atoi(port)
	ranges, known := container.PublishedPorts(s)
	if err != nil || !known {
		return "", false
	}
	for _, p := range ranges {
		if p.HostFirst <= number && number <= p.HostLast {
			return strconv.Itoa(p.First + number - p.HostFirst), true
		}
	}
	return "", false
}

// isFinal reports whether a service is one that answers by itself, and that this is known.
func isFinal(s *model.Service) bool {
	return s != nil && slices.Contains([]string{"synapse", "mas", "element", "pocket-id", "livekit", "lk-jwt"}, s.Product)
}

// Fate is what becomes of a request.
type Fate int

const (
	// FateUnknown is what cannot be told, or a server that is not modelled.
	FateUnknown Fate = iota
	// fateNobody is the proxy's own 404.
	FateNobody
	// fateService is a service that answers.
	FateService
	// FateFiles is a web server that looks among its files, where a document may lie, and no service ever answers.
	FateFiles
)

// FateOf returns what becomes of a request, and the route that takes it.
func FateOf(d *model.Deployment, r model.Request) (Fate, *model.Route) {
	routes, whole := d.Answering(r)
	switch {
	case len(routes) == 0 && whole:
		return FateNobody, nil
	case len(routes) > 0 && routes[0].Files:
		return FateFiles, routes[0]
	case len(routes) == 0 || !routes[0].Resolved:
		return FateUnknown, nil
	case routes[0].KeepsPaths() != model.Yes:
		return FateUnknown, routes[0]
	}
	for _, b := range routes[0].Backends {
		if !isFinal(b.Service) {
			return FateUnknown, routes[0]
		}
	}
	return FateService, routes[0]
}

// SeesProxy reports whether all of the configuration of the proxy is visible, so that there can be no other routes.
func SeesProxy(d *model.Deployment) bool {
	if d.Proxy != nil && d.Proxy.Kind != "traefik" {
		return d.Proxy.Service != nil && !d.Proxy.Partial && !d.Proxy.Guessed
	}
	return d.Proxy != nil && d.Proxy.Static != nil && !d.Proxy.Partial && route.Has(d.Proxy.Static, "providers")
}
