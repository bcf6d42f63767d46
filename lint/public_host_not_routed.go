package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/route"
)

// publicHostNotRouted: a service tells its clients a host that the proxy does not know.
func publicHostNotRouted() Rule {
	return Rule{
		Name:      "public-host-not-routed",
		Severity:  diag.Error,
		Guide:     GuideWarns,
		Documents: "proxy, mas, synapse, element, pocket-id, compose",
		Title:     "clients are sent to a host that nothing routes",
		Why: "Clients go to the host that a service names. If the proxy routes the service on another one, they find a 404, or a certificate " +
			"that nobody signed.",
		Sees:   "404 page not found, or a self-signed certificate",
		Before: routedExample("", strings.Replace(exampleAccountRouter, "auth.example.org", "account.example.org", 1)+exampleCompatRouter),
		After:  routedExample("", exampleAccountRouter+exampleCompatRouter),
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
	report = guessingProxy(d, report)
	if d.MAS != nil {
		reportUnroutedHost(d, d.MAS.Service, d.MAS.At("http", "public_base"), "public_base of MAS", report)
	}
	if d.Synapse != nil {
		node, name := d.Synapse.At("public_baseurl"), "public_baseurl of Synapse"
		if !isSet(node) && related(d, d.Synapse, d.Element) {
			node, name = elementBaseURL(d.Element), "base_url of Element"
		}
		reportUnroutedHost(d, d.Synapse.Service, node, name, report)
	}
	for _, s := range d.Of("pocket-id") {
		reportUnroutedHost(d, s, s.Env("APP_URL"), "APP_URL of Pocket ID", report)
	}
	if tokens := only(d, "lk-jwt"); tokens != nil {
		for _, t := range synapseTransports(d.Synapse) {
			reportUnroutedHost(d, tokens, t.url, "where clients ask for a place in a call", report)
		}
		if rooms := only(d, "livekit"); rooms != nil {
			reportUnroutedHost(d, rooms, tokens.Env("LIVEKIT_URL"), "LIVEKIT_URL", report)
		}
	}
}

// reportUnroutedHost reports a public URL of a service whose host no route names.
func reportUnroutedHost(d *model.Deployment, s *model.Service, url *model.Node, name string, report func(diag.Finding)) {
	host, known := publicHost(url)
	if s == nil || !known || !isPublicHost(host) || publishesPages(d, s) {
		return
	}
	routes := routesTo(d, s)
	if reportTwoHostSources(routes, url, host, name, report) || reportWithoutTLS(d, s, url, host, name, report) || isNamed(d, host) {
		return
	}
	f := diag.Finding{
		Position: url.Position,
		Message:  fmt.Sprintf("clients find nothing at %s, which is %s: %s", host, name, hostless(d)),
		Hint:     "write the host by which the proxy leads to " + s.Name + ", or give the proxy this one",
	}
	switch {
	case len(routes) > 0:
		f.Related = []diag.Related{{Position: rulePosition(routes[0]), Message: "this leads to " + s.Name}}
	case !seesProxy(d) || !routesStack(d):
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
		matches, known := r.Matcher.Match(get(host, "/"))
		switch lacks := lacksTLS(d.Proxy, r); {
		case !known || matches && !lacks:
			return false
		case matches && r.Reaches(s):
			plain = r
		}
		secure = secure || r.Serves && hasTLS(d.Proxy, r)
	}
	if plain == nil || !secure {
		return false
	}
	report(diag.Finding{
		Position: rulePosition(plain),
		Message:  fmt.Sprintf("clients find no certificate at %s, which is %s: its only entry point %s has no TLS", host, name, strings.Join(plain.EntryPoints, ", ")),
		Hint:     "put the router on entry point " + d.Proxy.EntryPoint,
		Related:  []diag.Related{{Position: url.Position, Message: name}},
	})
	return true
}

// hasTLS reports whether a route has TLS, by itself or by one of its entry points.
func hasTLS(proxy *model.Proxy, r *model.Route) bool {
	return r.TLS || slices.ContainsFunc(r.EntryPoints, func(point string) bool {
		return route.Has(proxy.Static, "entrypoints."+strings.ToLower(point)+".http.tls")
	})
}

// lacksTLS reports whether a route has no TLS for sure: its entry points are there, and none has any, or sends clients on to another.
func lacksTLS(proxy *model.Proxy, r *model.Route) bool {
	return len(r.EntryPoints) > 0 && !hasTLS(proxy, r) && r.Middleware("redirectscheme") == nil &&
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
		_, found := publishes(s, "7880")
		return found || isHostNetwork(s)
	}
	return isSet(s.Node.Get("ports"))
}

// routesStack reports whether the proxy routes any service of the stack.
func routesStack(d *model.Deployment) bool {
	for _, r := range d.Routes {
		for _, product := range []string{"synapse", "mas", "element", "pocket-id"} {
			if r.ReachesProduct(product) {
				return true
			}
		}
	}
	return false
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
				Position: rulePosition(r),
				Message:  fmt.Sprintf("the host here comes from %s, and %s has it written out: whoever changes one forgets the other", variable, name),
				Hint:     "take both from one source",
				Related:  []diag.Related{{Position: url.Position, Message: name + ": " + host}},
			})
			return true
		}
	}
	return false
}
