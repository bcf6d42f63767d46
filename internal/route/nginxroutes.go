package route

import (
	"fmt"
	"slices"

	"github.com/matrixgen/matrixgen/internal/model"
)

// routes returns the routes of all servers, the first of which answers first. Those on another port than that of clients do not serve.
func (n *nginxProxy) routes(port int) []model.Route {
	var routes []model.Route
	for _, s := range n.servers {
		on, own := s.on(port), port
		if on == nil && len(s.listens) > 0 {
			own = s.listens[0].port
		}
		var hosts []string
		for _, name := range s.names {
			if name.class == exactName && name.text != "_" && name.text != "" {
				hosts = append(hosts, name.text)
			}
		}
		var points []string
		for _, l := range s.listens {
			points = append(points, fmt.Sprint(l.port))
		}
		takes := n.takes(s, own)
		for _, a := range n.serverAnswers(s) {
			routes = append(routes, model.Route{Name: fmt.Sprintf("of line %d", a.at.Line), Provider: "nginx",
				EntryPoints: points, Matcher: &siteMatcher{matches: both(takes, a.matches), hosts: hosts, says: a.says},
				Backends: a.backends, Resolved: a.resolved, Middlewares: a.middlewares, Position: a.at, Files: a.files, Body: a.body, TLS: on != nil && on.tls, Serves: on != nil})
		}
	}
	for i := range routes {
		routes[i].Priority.Least = len(routes) - i
	}
	return routes
}

// serverAnswers returns what a server answers, in order.
func (n *nginxProxy) serverAnswers(s *nginxServer) []answer {
	inner := n.outer.enter(s.block)
	for _, d := range s.block {
		if d.Name() == "include" || d.Name() == unseen || !isSilent(d.Name()) {
			return []answer{{matches: unclear, at: s.at}}
		}
	}
	all, ends := n.rewrites(s.block, inner, s.at)
	if ends {
		if last := all[len(all)-1]; last.refuses {
			all = all[:len(all)-1] // it turns away every request, as if there were no such server
		}
		return all
	}
	found := n.level(s.block, inner, 0)
	all = slices.Concat(all, found.final, found.open)
	if inner.files {
		all = append(all, answer{matches: both(), at: s.at, allowsOrigin: true, files: !inner.leadsOn})
	}
	return all
}
