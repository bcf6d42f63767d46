package rules

import (
	"fmt"
	"slices"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
)

// reportDoubledOrigin reports a header of Caddy or nginx that Synapse and MAS send, too. A browser refuses an answer that has it twice.
func reportDoubledOrigin(d *model.Deployment, report func(diag.Finding)) {
	report = lint.GuessingProxy(d, report)
	var seen []diag.Position
	for i := range d.Routes {
		r := &d.Routes[i]
		if !r.Serves {
			continue
		}
		for _, m := range r.Middlewares {
			isOrigin := func(h model.ResponseHeader) bool { return h.Name == "access-control-allow-origin" && h.Value != "" }
			if !slices.ContainsFunc(m.Added, isOrigin) || slices.Contains(seen, m.Position) || !takesBrowsers(d, r) {
				continue
			}
			seen = append(seen, m.Position)
			report(diag.Finding{
				Position: m.Position,
				Message: fmt.Sprintf("web clients cannot call %s: its answers have Access-Control-Allow-Origin already, and browsers refuse one that has it twice",
					r.Backends[0].Service.Name),
				Hint:    doubledHint(d),
				Related: []diag.Related{{Position: matrix.RulePosition(r), Message: "what leads there"}},
			})
		}
	}
}

// doubledHint says how the header is sent once.
func doubledHint(d *model.Deployment) string {
	if d.Proxy != nil && d.Proxy.Kind == "caddy" {
		return "delete this header, or let it replace that of the service: header >Access-Control-Allow-Origin *"
	}
	return "delete this header, or take that of the service away with proxy_hide_header Access-Control-Allow-Origin"
}

// takesBrowsers reports whether a route leads calls to Synapse or MAS that these let pages of any origin make, and no other route answers them before.
func takesBrowsers(d *model.Deployment, r *model.Route) bool {
	var paths []string
	for _, p := range matrix.Paths() {
		if p.Browsers && r.ReachesProduct(p.Answers) {
			paths = append(paths, p.Path)
		}
	}
	for _, host := range r.Matcher.Hosts() {
		for _, path := range paths {
			if routes, _ := d.Answering(matrix.Get(host, path)); len(routes) > 0 && routes[0] == r {
				return true
			}
		}
	}
	return false
}
