package rules

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/route"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// nginxRewritesURI: a path behind proxy_pass makes nginx decode what it hands on, and other servers have signed it as it was.
func nginxRewritesURI() lint.Rule {
	return lint.Rule{
		Name:      "nginx-rewrites-uri",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "nginx, synapse",
		Title:     "nginx changes the paths that other servers have signed",
		Why: "With a path behind the port of proxy_pass, be it a slash alone, nginx decodes the path of each request. Other servers sign it as " +
			"they send it, so Synapse refuses their requests for rooms and users.",
		Sees: "401 to other servers, and in Synapse's log: Invalid signature for server",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"Invalid signature for server"},
		},
		Before: example.BehindNginx("\tclient_max_body_size 50m;\n\tlocation /_matrix/ { proxy_pass http://synapse:8008/_matrix/; }\n"),
		After:  example.BehindNginx("\tclient_max_body_size 50m;\n\tlocation /_matrix/ { proxy_pass http://synapse:8008; }\n"),
		Source: []string{
			"element-hq/synapse docs/reverse_proxy.md",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",
		},
		Check: checkRewritesURI,
	}
}

func checkRewritesURI(d *model.Deployment, report func(diag.Finding)) {
	if d.Proxy == nil || d.Synapse == nil {
		return
	}
	report = lint.GuessingProxy(d, report)
	ways := route.WaysOf(d)
	seen := map[diag.Position]bool{}
	for _, host := range decodedHosts(d) {
		for _, calls := range []matrix.Calls{matrix.FederationCalls, matrix.ClientCalls} {
			for _, path := range matrix.TextsOf(calls) {
				m := decoding(ways.Of(matrix.Get(host, path)))
				if m == nil || seen[m.Position] {
					continue
				}
				seen[m.Position] = true
				f := diag.Finding{
					Position: m.Position,
					Message:  "other servers are refused: nginx decodes the paths that they have signed, since proxy_pass has a path behind the port",
					Hint:     "delete all behind the port, even a slash: the path then stays as it is",
				}
				if calls == matrix.ClientCalls || !matrix.ServesFederation(d.Synapse) || matrix.FederationIsClosed(d) {
					f.Severity = diag.Warning
					f.Message = "Synapse gets other paths than clients ask for where a name has a slash: nginx decodes them, since proxy_pass has a path behind the port"
				}
				lint.WarnLocally(&f, host)
				report(f)
			}
		}
	}
}

// decoding returns the first word on the way to Synapse that decodes paths, or nil.
func decoding(way []route.Step) *model.Middleware {
	if len(way) == 0 || way[len(way)-1].Route == nil || !way[len(way)-1].Route.ReachesProduct("synapse") {
		return nil
	}
	for _, step := range way {
		if m := step.Route.With(func(e model.Effects) bool { return e.Decodes }); m != nil {
			return m
		}
	}
	return nil
}

// decodedHosts returns the hosts at which clients and other servers reach Synapse.
func decodedHosts(d *model.Deployment) []string {
	hosts := matrix.HomeserverHosts(d)
	if a, known := matrix.ApexOf(d); known && a.IsNamed && !a.IsHomeserver {
		hosts = append(hosts, a.Host)
	}
	return hosts
}
