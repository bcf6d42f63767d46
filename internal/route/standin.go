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
