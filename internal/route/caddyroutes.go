package route

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// routes returns the routes of all sites, the first of which answers first.
func (c *caddy) routes() []model.Route {
	secure := slices.ContainsFunc(c.sites, func(s caddySite) bool { return s.secure && !s.isElsewhere() })
	var routes []model.Route
	for _, s := range c.sites {
		own := make([]condition, 0, len(s.hosts))
		for _, host := range s.hosts {
			own = append(own, ofHost(host))
		}
		conditions := []condition{either(own...)}
		for _, other := range c.sites {
			if other.class() > s.class() && other.secure == s.secure && other.port == s.port {
				for _, host := range other.hosts {
					conditions = append(conditions, except(ofHost(host)))
				}
			}
		}
		for _, a := range s.answers {
			m := &siteMatcher{matches: both(append(slices.Clone(conditions), a.matches)...), says: a.says}
			for _, host := range s.hosts {
				if !strings.HasPrefix(host, "*") {
					m.hosts = append(m.hosts, host)
				}
			}
			r := model.Route{Name: fmt.Sprintf("of line %d", a.at.Line), Provider: "caddy", Matcher: m, Backends: a.backends, Resolved: a.resolved,
				Middlewares: a.middlewares, Position: a.at, Files: a.files || a.file, Body: a.body, TLS: s.secure, Serves: (s.secure || !secure) && !s.isElsewhere(),
				EntryPoints: c.ports(s)}
			routes = append(routes, r)
		}
	}
	for i := range routes {
		routes[i].Priority.Least = len(routes) - i
	}
	return routes
}

// siteMatcher matches what an answer of a site takes. It implements [model.Matcher].
type siteMatcher struct {
	matches condition
	hosts   []string
	says    *[]string // what it asks of paths, for people; nil if there are no words for it
}

func (m *siteMatcher) Match(r model.Request) (matches, known bool) { return m.matches(r) }
func (m *siteMatcher) Hosts() []string                             { return m.hosts }

// ofHost matches a host that is read from an address.
func ofHost(host string) condition {
	own := strings.ToLower(host)
	if own == "*" {
		return func(model.Request) (bool, bool) { return true, true }
	}
	before, after, reference := own, "", isReference(own)
	if reference {
		before, after = own[:strings.Index(own, "${")], own[strings.LastIndex(own, "}")+1:]
	}
	return func(r model.Request) (bool, bool) {
		asked := strings.ToLower(r.Host)
		switch {
		case asked == own && !reference:
			return true, true
		case isReference(asked):
			return SameHost(own, asked)
		case !reference:
			return matchHost(asked, own), true
		case strings.HasPrefix(asked, before) && strings.HasSuffix(asked, after):
			return SameHost(own, asked)
		}
		return false, true
	}
}

// ports returns the ports on which Caddy has a site, or none if that cannot be told.
func (c *caddy) ports(s caddySite) []string {
	switch {
	case c.moved || c.inner != "":
		return nil
	case s.isElsewhere():
		return []string{s.port}
	case c.port != "":
		return []string{c.port}
	case s.secure:
		return []string{"443"}
	}
	return []string{"80", "8448"}
}
