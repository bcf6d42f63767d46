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
		Documents: "traefik, caddy, nginx, synapse, mas",
		Title:     "the proxy behind the proxy leads elsewhere",
		Why: "A proxy that hands all of a host to a second one is half of the way. The second takes a host that it does not know for its first " +
			"one, and what it has no location for ends in 404. It has to be asked for the host that clients ask for: nginx hands on the name in proxy_pass " +
			"unless proxy_set_header Host says otherwise. Routers of Traefik take what comes to their entry points, and with TLS nothing that comes without.",
		Sees: "404 Not Found of the inner nginx for the documents of the server name, or Synapse's answer to a login that MAS was to have",
		Quotes: map[string][]string{
			"nginx 1.22.1": {"404 Not Found"},
		},
		Before: chainExample("matrix.example.net"),
		After:  chainExample("matrix.example.org"),
		Source: []string{
			"https://nginx.org/en/docs/http/request_processing.html",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header",
			"https://doc.traefik.io/traefik/reference/routing-configuration/http/load-balancing/service/",
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
	if d.Proxy == nil || d.Synapse == nil {
		return
	}
	report = lint.GuessingProxy(d, report)
	type place struct {
		inner *model.Service
		host  string
	}
	seen := map[place]bool{}
	ways := route.WaysOf(d)
	for _, q := range chainQuestions(d) {
		way := ways.Of(q.Request)
		if len(way) == 0 {
			continue
		}
		last := way[len(way)-1]
		if unread := unreadProxy(last); unread != nil && q.product == "synapse" && !seen[place{inner: unread}] {
			seen[place{inner: unread}] = true
			report(diag.Finding{
				Severity: diag.Info,
				Position: last.Backend.Position,
				Message:  fmt.Sprintf("what %s leads to is not checked: its files do not show all that it does with %s", unread.Name, q.Host),
				Hint:     "look there by hand: it has to know the host, the documents of the server name, and the logins of MAS",
			})
		}
		if len(way) == 1 {
			continue
		}
		before := way[len(way)-2].Backend
		at, f := place{before.Service, q.Host}, chainFinding(q, last, before)
		if last.Request.Host != q.Host {
			at.host = "" // one cause for all hosts
		}
		if f != nil && !seen[at] {
			seen[at] = true
			lint.WarnLocally(f, q.Host)
			report(*f)
		}
	}
}

// unreadProxy returns the proxy that a request goes on to from the last one that could be followed, or nil.
func unreadProxy(last route.Step) *model.Service {
	if last.Backend == nil || last.Backend.Service == nil || last.Backend.Service == last.Deployment.Proxy.Service {
		return nil
	}
	if !slices.Contains([]string{"nginx", "caddy", "traefik"}, last.Backend.Service.Product) {
		return nil
	}
	return last.Backend.Service
}

// chainFinding says what becomes of a request at the last proxy, to which a backend of the one before it leads. nil if it may arrive.
func chainFinding(q chainQuestion, last route.Step, before *model.Backend) *diag.Finding {
	name := before.Service.Name
	fate, r := matrix.FateOf(last.Deployment, last.Request)
	f := &diag.Finding{
		Position: before.Position,
		Message:  fmt.Sprintf("%s: https://%s%s comes to %s, which has no answer", q.lost, q.Host, q.Path, name),
		Hint:     fmt.Sprintf("give %s a server for %s with this path, or let the outer proxy lead it on itself", name, q.Host),
	}
	switch {
	case fate == matrix.FateService && q.product != "" && !r.ReachesProduct(q.product):
		f.Position = matrix.RulePosition(r)
		f.Message = fmt.Sprintf("%s: https://%s%s comes to %s, which leads it to %s", q.lost, q.Host, q.Path, name, r.Backends[0].Service.Name)
		f.Related = []diag.Related{{Position: before.Position, Message: "what leads there"}}
	case fate != matrix.FateNobody:
		return nil
	}
	if last.Request.Host != q.Host {
		f.Message += fmt.Sprintf(", since it is asked for %s", last.Request.Host)
		f.Hint = "hand on the host as clients ask for it: in nginx with proxy_set_header Host $host;, in Traefik with passHostHeader, and Caddy does so by itself"
	}
	return f
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
