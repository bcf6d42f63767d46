package route

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// settling is the matcher of a route where hosts of the proxy stand in for others: whether such a route takes a request for a host that it does not
// name cannot be told.
type settling struct {
	model.Matcher
	deployment *model.Deployment
	// others are hosts that stand in, of a proxy that sends what it knows no host of to any of its own.
	others []string
}

// linkStandIns gives the routes of a deployment that matcher, if hosts of the proxy stand in for others.
func linkStandIns(d *model.Deployment) {
	var found []string
	for _, r := range d.Routes {
		for _, host := range r.Matcher.Hosts() {
			if !isReference(host) && !slices.Contains(found, host) && placeholder.IsStandIn(d, host) {
				found = append(found, host)
			}
		}
	}
	if len(found) == 0 {
		return
	}
	for i := range d.Routes {
		r := &d.Routes[i]
		s := settling{Matcher: r.Matcher, deployment: d}
		if r.Provider == "nginx" || r.Provider == "caddy" {
			s.others = found
		}
		r.Matcher = s
	}
}

// Match reports whether the rule takes the request.
func (s settling) Match(request model.Request) (matches, known bool) {
	matches, known = s.Matcher.Match(request)
	own := s.Hosts()
	isNamed := func(host string) bool { return strings.EqualFold(host, request.Host) }
	mayBe := func(host string) bool {
		return !isReference(host) && placeholder.MayBeSameHost(s.deployment, host, request.Host)
	}
	switch {
	case !known || isReference(request.Host) || slices.ContainsFunc(own, isNamed):
		return matches, known
	case matches:
		return matches, !slices.ContainsFunc(s.others, mayBe)
	}
	for _, host := range own {
		named := request
		named.Host = host
		if mayBe(host) {
			if takes, certain := s.Matcher.Match(named); takes || !certain {
				return false, false
			}
		}
	}
	return false, true
}

// isSampleOf reports whether routes of a file that no container has are those of a sample: they have hosts that are kept for examples alone, and the
// server has another name.
func isSampleOf(d *model.Deployment, routes []model.Route) bool {
	name, known := d.Synapse.At("server_name").Literal()
	if !known || isExample(name) || isReference(name) {
		return false
	}
	found := false
	for _, r := range routes {
		for _, host := range r.Matcher.Hosts() {
			if !isExample(host) {
				return false
			}
			found = true
		}
	}
	return found
}

// isExample reports whether a host is kept for examples: RFC 2606.
func isExample(host string) bool {
	return slices.ContainsFunc([]string{"example.com", "example.net", "example.org", "example", "test", "invalid", "localhost"}, func(domain string) bool {
		return strings.EqualFold(host, domain) || len(host) > len(domain) && strings.EqualFold(host[len(host)-len(domain)-1:], "."+domain)
	})
}
