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
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// publicHostNotRouted: a service tells its clients a host that the proxy does not know.
func publicHostNotRouted() lint.Rule {
	return lint.Rule{
		Name:      "public-host-not-routed",
		Severity:  diag.Error,
		Guide:     lint.GuideWarns,
		Documents: "proxy, mas, synapse, element, pocket-id, compose",
		Title:     "clients are sent to a host that nothing routes",
		Why: "Clients go to the host that a service names. If the proxy routes the service on another one, they find a 404, or a certificate " +
			"that nobody signed.",
		Sees: "404 page not found, or a self-signed certificate",
		Quotes: map[string][]string{
			"Traefik 3.7.13": {"404 page not found"},
		},
		Before: example.Routed("", strings.Replace(example.AccountRouterLabels, "auth.example.org", "account.example.org", 1)+example.CompatRouter),
		After:  example.Routed("", example.AccountRouterLabels+example.CompatRouter),
		Source: []string{
			"https://doc.traefik.io/traefik/reference/routing-configuration/http/routing/rules-and-priority/",
			"element-hq/matrix-authentication-service docs/setup/reverse-proxy.md",
		},
		Check: checkPublicHost,
	}
}

func checkPublicHost(d *model.Deployment, report func(diag.Finding)) {
	if d.Proxy == nil || d.Proxy.Partial {
		return
	}
	report = lint.GuessingProxy(d, report)
	if d.MAS != nil {
		reportUnroutedHost(d, d.MAS.Service, d.MAS.At("http", "public_base"), "public_base of MAS", report)
	}
	if d.Synapse != nil {
		node, name := d.Synapse.At("public_baseurl"), "public_baseurl of Synapse"
		if !node.IsSet() && matrix.Related(d, d.Synapse, d.Element) {
			node, name = matrix.ElementBaseURL(d.Element), "base_url of Element"
		}
		reportUnroutedHost(d, d.Synapse.Service, node, name, report)
	}
	for _, s := range d.Of("pocket-id") {
		reportUnroutedHost(d, s, s.Env("APP_URL"), "APP_URL of Pocket ID", report)
	}
	reportUnroutedIssuer(d, report)
	if tokens := matrix.OnlyService(d, "lk-jwt"); tokens != nil {
		for _, t := range matrix.SynapseTransports(d.Synapse) {
			reportUnroutedHost(d, tokens, t.URL, "where clients ask for a place in a call", report)
		}
		if rooms := matrix.OnlyService(d, "livekit"); rooms != nil {
			reportUnroutedHost(d, rooms, tokens.Env("LIVEKIT_URL"), "LIVEKIT_URL", report)
		}
	}
}

// reportUnroutedHost reports a public URL of a service whose host no route names.
func reportUnroutedHost(d *model.Deployment, s *model.Service, url *model.Node, name string, report func(diag.Finding)) {
	host, known := matrix.PublicHost(url)
	if s == nil || !known || !matrix.IsPublicHost(host) || publishesPages(d, s) {
		return
	}
	routes := matrix.RoutesTo(d, s)
	if reportTwoHostSources(routes, url, host, name, report) || reportWithoutTLS(d, s, url, host, name, report) || matrix.IsNamedAt(d, host, matrix.PublicPort(url)) {
		return
	}
	f := diag.Finding{
		Position: url.Position,
		Message:  fmt.Sprintf("clients find nothing at %s, which is %s: %s", host, name, matrix.Hostless(d, host, matrix.PublicPort(url))),
		Hint:     "write the host by which the proxy leads to " + s.Name + ", or give the proxy this one",
	}
	switch {
	case len(routes) > 0:
		f.Related = []diag.Related{{Position: matrix.RulePosition(routes[0]), Message: "this leads to " + s.Name}}
	case !matrix.SeesProxy(d) || !matrix.RoutesStack(d):
		return // it may be routed by what is not visible
	}
	report(f)
}

// reportWithoutTLS reports a host that Traefik has on entry points without TLS alone, while others have TLS.
func reportWithoutTLS(d *model.Deployment, s *model.Service, url *model.Node, host, name string, report func(diag.Finding)) bool {
	if d.Proxy.Kind != "traefik" || d.Proxy.Static == nil || !strings.HasPrefix(url.Text, "https://") && !strings.HasPrefix(url.Text, "wss://") {
		return false
	}
	var plain *model.Route
	secure := false
	for i := range d.Routes {
		r := &d.Routes[i]
		matches, known := r.Matcher.Match(matrix.Get(host, "/"))
		switch lacks := lacksTLS(d.Proxy, r); {
		case !known || matches && !lacks:
			return false
		case matches && r.Reaches(s):
			plain = r
		}
		secure = secure || r.Serves && matrix.HasTLS(d.Proxy, r)
	}
	if plain == nil || !secure {
		return false
	}
	report(diag.Finding{
		Position: matrix.RulePosition(plain),
		Message:  fmt.Sprintf("clients find no certificate at %s, which is %s: its only entry point %s has no TLS", host, name, strings.Join(plain.EntryPoints, ", ")),
		Hint:     "put the router on entry point " + d.Proxy.EntryPoint,
		Related:  []diag.Related{{Position: url.Position, Message: name}},
	})
	return true
}

// lacksTLS reports whether a route has no TLS for sure: its entry points are there, and none has any, or sends clients on to another.
func lacksTLS(proxy *model.Proxy, r *model.Route) bool {
	return len(r.EntryPoints) > 0 && !matrix.HasTLS(proxy, r) && !r.RedirectsToScheme() &&
		!slices.ContainsFunc(r.EntryPoints, func(point string) bool {
			point = "entrypoints." + strings.ToLower(point)
			address, known := proxy.Static[point+".address"].Literal()
			return !known || !strings.HasSuffix(strings.TrimSuffix(address, "/tcp"), ":80") || route.Has(proxy.Static, point+".http.redirections")
		})
}

// publishesPages reports whether clients may reach a service past the proxy, or by one that is not visible. LiveKit publishes ports for media.
func publishesPages(d *model.Deployment, s *model.Service) bool {
	if d.Proxy.Service == nil {
		return false // the proxy is on the host, and reaches what is published there
	}
	if s.Product == "livekit" {
		_, found := container.Publishes(s, "7880")
		return found || container.IsHostNetwork(s)
	}
	return s.Node.Get("ports").IsSet()
}

// reportTwoHostSources tells that the host of a router is a variable, and the same host is written out elsewhere.
func reportTwoHostSources(routes []*model.Route, url *model.Node, host, name string, report func(diag.Finding)) bool {
	for _, r := range routes {
		for _, named := range r.Matcher.Hosts() {
			variable, _, isReference := strings.Cut(named, "}")
			if !isReference || !strings.Contains(variable, "${") {
				continue
			}
			_, variable, _ = strings.Cut(variable, "${")
			fixed := named[strings.Index(named, "}")+1:]
			if strings.Contains(fixed, "${") || !strings.HasSuffix(host, fixed) || !strings.HasPrefix(host, named[:strings.Index(named, "${")]) {
				continue
			}
			report(diag.Finding{
				Severity: diag.Info,
				Position: matrix.RulePosition(r),
				Message:  fmt.Sprintf("the host here comes from %s, and %s has it written out: whoever changes one forgets the other", variable, name),
				Hint:     "take both from one source",
				Related:  []diag.Related{{Position: url.Position, Message: name + ": " + host}},
			})
			return true
		}
	}
	return false
}
