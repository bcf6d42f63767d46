package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/route"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/advice"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// internalEndpointPublic: what only the operator and the other services need is reachable for everybody.
func internalEndpointPublic() lint.Rule {
	return lint.Rule{
		Name:      "internal-endpoint-public",
		Severity:  diag.Warning,
		Guide:     lint.GuideNever,
		Documents: "traefik, compose, synapse, mas",
		Title:     "an internal endpoint is reachable for everybody",
		Why: "The admin API of Synapse, what MAS and workers call, metrics and databases are made for the inside. Once routed or published, " +
			"one leaked token or password is enough to use them from anywhere.",
		Sees:   "nothing, until somebody uses it",
		Before: internalExample("Host(`matrix.example.org`)"),
		After:  internalExample("Host(`matrix.example.org`) && (PathPrefix(`/_matrix`) || PathPrefix(`/_synapse/client`))"),
		Source: []string{
			"element-hq/synapse docs/reverse_proxy.md",
			"element-hq/synapse docs/workers.md",
			"https://github.com/element-hq/matrix-authentication-service/issues/3735",
		},
		Check: checkInternalEndpoint,
	}
}

func internalExample(rule string) string {
	example := example.Routed("", example.AccountRouterLabels+example.CompatRouter)
	before, rest, _ := strings.Cut(example, "traefik.http.routers.synapse.rule: ")
	_, after, _ := strings.Cut(rest, "\n")
	return before + "traefik.http.routers.synapse.rule: " + rule + "\n" + after
}

func checkInternalEndpoint(d *model.Deployment, report func(diag.Finding)) {
	if d.Proxy != nil && (d.Proxy.Service == nil || !d.Proxy.Service.Inactive) {
		report := lint.GuessingProxy(d, report)
		reportAdminAPI(d, report)
		reportRoutedListeners(d, report)
		reportExposedDatabases(d, report)
	}
	if front, found := frontProxy(d); found {
		for _, s := range d.Services {
			reportPublishedInside(d, s, front, report)
		}
	}
}

// reportAdminAPI reports the first route that leads calls from outside to Synapse's internal APIs.
func reportAdminAPI(d *model.Deployment, report func(diag.Finding)) {
	closed := []matrix.Calls{matrix.AdminCalls}
	if matrix.DelegationOf(d.Synapse) == matrix.Delegated {
		closed = append(closed, matrix.MASCalls)
	}
	if listeners, _ := matrix.SynapseListeners(d.Synapse); slices.ContainsFunc(listeners, func(l matrix.Listener) bool { return l.Serves["client"] && l.Serves["metrics"] }) {
		closed = append(closed, matrix.MetricsCalls)
	}
	for i := range d.Routes {
		r := &d.Routes[i]
		if !r.ReachesProduct("synapse") || r.Guarded() != model.No || r.KeepsPaths() != model.Yes {
			continue
		}
		for _, host := range hostsOf(d, r) {
			if matrix.IsLoopback(host) {
				continue
			}
			var open []string
			for _, path := range matrix.TextsOf(closed...) {
				if routes, _ := d.Answering(matrix.Get(host, path+"/x")); len(routes) > 0 && routes[0] == r {
					open = append(open, path)
				}
			}
			if len(open) > 0 {
				report(diag.Finding{
					Position: matrix.RulePosition(r),
					Message:  fmt.Sprintf("everybody reaches %s on %s, made for the inside alone", advice.InWords(open), host),
					Hint:     "route /_matrix and /_synapse/client alone",
				})
				return
			}
		}
	}
}

// hostsOf returns the hosts that a route names, or for one that takes every host that of Synapse.
func hostsOf(d *model.Deployment, r *model.Route) []string {
	hosts := r.Matcher.Hosts()
	if len(hosts) > 0 && !slices.Contains(hosts, "_") && !slices.Contains(hosts, "") {
		return hosts
	}
	if host, known := matrix.PublicHost(d.Synapse.At("public_baseurl")); known {
		return []string{host}
	}
	return []string{"matrix.example.org"}
}

// reportRoutedListeners reports routes to listeners that serve what is for the inside.
func reportRoutedListeners(d *model.Deployment, report func(diag.Finding)) {
	seen := map[diag.Position]bool{}
	for i := range d.Routes {
		r := &d.Routes[i]
		for _, b := range r.Backends {
			if b.Service == nil || r.Guarded() != model.No {
				continue
			}
			var listeners []matrix.Listener
			var inside []string
			severity := diag.Warning
			switch {
			case d.Synapse != nil && d.Synapse.Service == b.Service:
				listeners, _ = matrix.SynapseListeners(d.Synapse)
				inside = []string{"replication"}
				severity = diag.Error
			case d.MAS != nil && d.MAS.Service == b.Service:
				listeners, _ = matrix.MASListeners(d.MAS)
				inside = []string{"prometheus"}
			}
			for _, l := range listeners {
				for _, resource := range inside {
					if l.Serves[resource] && b.Port.Is(l.Port) && !seen[b.Port.Position] {
						seen[b.Port.Position] = true
						report(diag.Finding{
							Severity: severity,
							Position: b.Port.Position,
							Message:  fmt.Sprintf("everybody reaches %s of %s: %s leads to the listener that serves it", resource, b.Service.Name, matrix.RouteName(r)),
							Hint:     "serve " + resource + " on a listener of its own, which nothing routes",
							Related:  []diag.Related{{Position: l.At, Message: "the listener"}},
						})
					}
				}
			}
		}
	}
}

// reportExposedDatabases reports databases that Traefik routes by itself, as it does with every container that it sees unless told otherwise.
func reportExposedDatabases(d *model.Deployment, report func(diag.Finding)) {
	static := d.Proxy.Static
	if d.Proxy.Service == nil || !route.Has(static, "providers.docker") || route.Has(static, "providers.docker.constraints") {
		return
	}
	if byDefault := static["providers.docker.exposedbydefault"]; byDefault != nil && !byDefault.Is("true") {
		return
	}
	for _, s := range append(d.Of("postgres"), d.Of("redis")...) {
		if route.Label(s, "traefik.enable") != nil || s.Inactive || container.IsHostNetwork(s) {
			continue
		}
		if slices.ContainsFunc(container.Attachments(s), func(a model.Attachment) bool { on, known := matrix.ProxyIsOn(d, a.Network); return on && known }) {
			report(diag.Finding{
				Position: s.Position,
				Message:  fmt.Sprintf("Traefik has a router for %s, since it takes every container that it sees", s.Name),
				Hint:     "set exposedByDefault: false for Traefik's Docker provider, or traefik.enable=false here",
			})
		}
	}
}
