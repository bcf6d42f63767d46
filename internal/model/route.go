package model

import (
	"cmp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// Proxy is the reverse proxy in front of the services, as far as it can be seen. It may be part of another deployment.
type Proxy struct {
	// Kind is "traefik", "caddy" or "nginx".
	Kind string
	// Service is its container; nil if it is not visible.
	Service *Service
	// Home is the deployment that the container is part of; nil if there is none.
	Home *Deployment
	// Static is its static configuration: lower-case paths of keys with dots between them. nil if it is not visible.
	Static map[string]*Node
	// EntryPoint is the one that most of the routes with TLS are on; "" if no route names one.
	EntryPoint string
	// Partial says that there may be routes that are not visible.
	Partial bool
	// Guessed says that no mount proves which files it reads.
	Guessed bool
}

// Version returns the version of Traefik, or the unknown version if that is not the proxy.
func (p *Proxy) Version() Version {
	if p == nil || p.Service == nil || p.Kind != "traefik" {
		return Version{}
	}
	return p.Service.Image.Version()
}

// Names returns the names that a section of the static configuration has, in lower case and in order: entrypoints, providers.
func (p *Proxy) Names(section string) []string {
	var names []string
	for key := range p.Static {
		if rest, found := strings.CutPrefix(key, section+"."); found {
			name, _, _ := strings.Cut(rest, ".")
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Route is one rule of the proxy: which requests it takes and where it sends them.
type Route struct {
	Name     string
	Provider string // "docker" or "file" of Traefik, "caddy" or "nginx"
	// Owner is the service whose labels make the route; nil for one from a file.
	Owner *Service
	// Rule is the rule as it stands there; nil for the default rule of the proxy.
	Rule *Node
	// EntryPoints are those of Traefik, or the ports of nginx or Caddy; none if they are not known.
	EntryPoints []string
	// Priority decides between routes that match.
	Priority Priority
	// Target is the name of the service of the proxy, as the route has it; "" if the proxy links it itself.
	Target string
	// Backends are where its requests end up. Others are possible unless Resolved.
	Backends    []Backend
	Resolved    bool
	Middlewares []Middleware
	// Files says that files are sent, and nothing is handed on. Body is a text that the proxy sends itself; nil if it is something else.
	Files    bool
	Body     *Node
	TLS      bool
	Position diag.Position
	// Node is the router as it stands there.
	Node *Node
	// Matcher decides what the rule matches.
	Matcher Matcher
	// Serves says that the route answers requests by HTTPS on the entry point of the proxy.
	Serves bool
}

// Backend is an address that the proxy sends requests to.
type Backend struct {
	// Service is the container; nil if it is none of the deployment.
	Service  *Service
	Host     string // the name in the URL; "" for a container that the proxy finds by its labels
	Port     *Node  // nil if the image decides
	Scheme   string
	Position diag.Position
	// Sent is the host that requests arrive with there: "" for the one that they came with, and UnknownHost where that cannot be told.
	Sent string
}

// UnknownHost stands for a host that cannot be told.
const UnknownHost = "?"

// Request is what a rule decides on.
type Request struct {
	Host, Path, Method string
}

// Matcher is a parsed rule.
type Matcher interface {
	// Match reports whether the rule takes the request; known is false if that depends on what cannot be seen.
	Match(r Request) (matches, known bool)
	// Hosts returns the hosts that the rule names, as they stand there.
	Hosts() []string
}

// Answering returns the routes that take a request, the one that answers first, then the one that would without it, and so on. The list ends
// where it cannot be told which route is next; it is then not whole.
func (d *Deployment) Answering(r Request) (routes []*Route, whole bool) {
	var sure, unsure []*Route
	for i := range d.Routes {
		route := &d.Routes[i]
		if !route.Serves {
			continue
		}
		switch matches, known := route.Matcher.Match(r); {
		case !known:
			unsure = append(unsure, route)
		case matches:
			sure = append(sure, route)
		}
	}
	for len(sure) > 0 {
		i := slices.IndexFunc(sure, func(first *Route) bool {
			later := func(other *Route) bool { return other == first || first.precedes(other) }
			return !slices.ContainsFunc(sure, func(o *Route) bool { return !later(o) }) && !slices.ContainsFunc(unsure, func(o *Route) bool { return !later(o) })
		})
		if i < 0 {
			return routes, false
		}
		routes = append(routes, sure[i])
		sure = slices.Delete(sure, i, i+1)
	}
	return routes, len(unsure) == 0 && d.Proxy != nil && !d.Proxy.Partial
}

// precedes reports whether the route answers what both take. Where that cannot be told, it makes no difference if both do the same.
func (r *Route) precedes(other *Route) bool {
	if order, known := r.Priority.Compare(other.Priority); known && order != 0 {
		return order > 0
	}
	return r.SameTarget(other) && slices.EqualFunc(r.Middlewares, other.Middlewares, func(a, b Middleware) bool { return a.Name == b.Name })
}

// Priority is the priority of a route. The length of a rule with references depends on what stands for these.
type Priority struct {
	// Least is the number that it has at least.
	Least int
	// References are those in the rule, as they stand there, in order.
	References []string
	// Given is the value that sets it; nil if the length of the rule does.
	Given *Node
	// Unknown says that the value that sets it is not known.
	Unknown bool
}

// longest is the length of the longest host name, which is what references in rules stand for.
const longest = 253

// Compare orders two priorities; known is false if that depends on what cannot be seen.
func (p Priority) Compare(q Priority) (order int, known bool) {
	order = cmp.Compare(p.Least, q.Least)
	switch {
	case p.Unknown || q.Unknown:
		return 0, false
	case slices.Equal(p.References, q.References):
		return order, true
	case order > 0:
		return order, q.Least+longest*len(q.References) < p.Least
	case order < 0:
		return order, p.Least+longest*len(p.References) < q.Least
	}
	return 0, false
}

// Reaches reports whether all requests of the route end up in the service.
func (r *Route) Reaches(s *Service) bool {
	elsewhere := func(b Backend) bool { return b.Service != s }
	return s != nil && r.Resolved && len(r.Backends) > 0 && !slices.ContainsFunc(r.Backends, elsewhere)
}

// ReachesProduct reports whether all requests of the route end up in services that run the product.
func (r *Route) ReachesProduct(product string) bool {
	elsewhere := func(b Backend) bool { return b.Service == nil || b.Service.Product != product }
	return r.Resolved && len(r.Backends) > 0 && !slices.ContainsFunc(r.Backends, elsewhere)
}

// SameTarget reports whether two routes send their requests to the same containers.
func (r *Route) SameTarget(s *Route) bool {
	return r.Resolved && s.Resolved && len(r.Backends) > 0 && slices.EqualFunc(r.Backends, s.Backends, func(a, b Backend) bool {
		return a.Service == b.Service && a.Host == b.Host
	})
}

// At returns the value below a path of keys of the router, in whatever case, as Traefik reads labels and files.
func (r *Route) At(path ...string) *Node {
	n := r.Node
	for _, key := range path {
		var next *Node
		if n != nil {
			for _, f := range n.Fields {
				if strings.EqualFold(f.Key, key) {
					next = f.Value
				}
			}
		}
		n = next
	}
	return n
}
