package rules

import (
	"fmt"
	"slices"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/route"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// proxyChainBroken: where one proxy hands on to another, both have to know the host and its paths.
func proxyChainBroken() lint.Rule {
	return lint.Rule{
		Name:      "proxy-chain-broken",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "proxy, nginx, synapse, mas",
		Title:     "the proxy behind the proxy leads elsewhere",
		Why: "A proxy that hands all of a host to a second one is half of the way. The second takes a host that it does not know for its first " +
			"one, and what it has no location for ends in 404.",
		Sees:   "404 of the inner nginx for the documents of the server name, or Synapse's answer to a login that MAS was to have",
		Before: chainExample("matrix.example.net"),
		After:  chainExample("matrix.example.org"),
		Source: []string{
			"https://nginx.org/en/docs/http/request_processing.html",
			"element-hq/matrix-authentication-service docs/setup/reverse-proxy.md",
			"https://github.com/spantaleev/matrix-docker-ansible-deploy/issues/1484",
		},
		Check: checkProxyChain,
	}
}

func chainExample(host string) string {
	return example.BehindCaddy("", `  inner:
    image: docker.io/library/nginx:1.29.3
    volumes: ["./inner.conf:/etc/nginx/conf.d/default.conf:ro"]
`, "matrix.example.org {\n\treverse_proxy inner:8080\n}\n") + `-- inner.conf --
server {
	listen 8080;
	server_name example.com;
	location / { return 404; }
}
server {
	listen 8080;
	server_name ` + host + `;
	client_max_body_size 50m;
	location /_matrix { proxy_pass http://synapse:8008; }
}
` + example.WellKnownClient + "-- well-known/server.json --\n{\"m.server\": \"matrix.example.org:443\"}\n"
}

// chainQuestion is a request that has to arrive, with what happens if it does not.
type chainQuestion struct {
	model.Request
	product, lost string
}

func checkProxyChain(d *model.Deployment, report func(diag.Finding)) {
	if d.Proxy == nil || d.Synapse == nil || d.Proxy.Kind == "nginx" { // nginx does not keep the host unless it is told to
		return
	}
	report = lint.GuessingProxy(d, report)
	type place struct {
		inner *model.Service
		host  string
	}
	seen := map[place]bool{}
	for _, q := range chainQuestions(d) {
		outer, _ := d.Answering(q.Request)
		if len(outer) == 0 || !outer[0].Resolved || len(outer[0].Backends) != 1 || outer[0].KeepsPaths() != model.Yes {
			continue
		}
		backend := outer[0].Backends[0]
		inner := route.Behind(d, backend.Service, backend.Port)
		if inner == nil || seen[place{backend.Service, q.Host}] {
			continue
		}
		fate, r := matrix.FateOf(inner, q.Request)
		f := diag.Finding{
			Position: backend.Position,
			Message:  fmt.Sprintf("%s: https://%s%s comes to %s, which has no answer", q.lost, q.Host, q.Path, backend.Service.Name),
			Hint:     fmt.Sprintf("give %s a server for %s with this path, or let the outer proxy lead it on itself", backend.Service.Name, q.Host),
		}
		switch {
		case fate == matrix.FateNobody:
		case fate == matrix.FateService && q.product != "" && !r.ReachesProduct(q.product):
			f.Position = matrix.RulePosition(r)
			f.Message = fmt.Sprintf("%s: https://%s%s comes to %s, which leads it to %s", q.lost, q.Host, q.Path, backend.Service.Name, r.Backends[0].Service.Name)
			f.Related = []diag.Related{{Position: backend.Position, Message: "what leads there"}}
		default:
			continue
		}
		seen[place{backend.Service, q.Host}] = true
		report(f)
	}
}

// chainQuestions returns what has to arrive by way of both proxies.
func chainQuestions(d *model.Deployment) []chainQuestion {
	var all []chainQuestion
	ask := func(host, product, lost string, calls ...matrix.Calls) {
		for _, c := range calls {
			for _, p := range matrix.PathsOf(c) {
				all = append(all, chainQuestion{model.Request{Host: host, Path: p.Path, Method: p.Method}, product, lost})
			}
		}
	}
	for _, host := range matrix.HomeserverHosts(d) {
		ask(host, "synapse", "clients do not reach Synapse", matrix.ClientCalls)
		if how := matrix.DelegationOf(d.Synapse); how == matrix.Delegated || how == matrix.DelegatedByMSC3861 {
			ask(host, "mas", "apps cannot log in", matrix.CompatCalls)
		}
	}
	if host, known := serverHost(d); known && !matrix.ListensFederation(d) && !slices.Contains(matrix.HomeserverHosts(d), host) {
		ask(host, "", "others do not find the server by its name", matrix.DocumentCalls)
	}
	if base, known := matrix.PublicBase(d); known {
		ask(base.Hostname(), "mas", "nobody can log in", matrix.OAuthCalls, matrix.DiscoveryCalls)
	}
	return all
}

// serverHost returns the host of the server name.
func serverHost(d *model.Deployment) (string, bool) {
	name, known := d.Synapse.At("server_name").Literal()
	return name, known && matrix.IsPublicHost(name)
}
