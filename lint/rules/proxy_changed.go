package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// proxyChanged: two proxies cannot have the ports of a machine at once, and the new one knows neither routes nor certificates of the old one.
func proxyChanged() lint.Rule {
	const site = "matrix.example.org {\n\treverse_proxy synapse:8008\n}\n"
	const server = "server {\n\tlisten 443 ssl;\n\tserver_name matrix.example.org;\n\tssl_certificate /certs/fullchain.pem;\n\tssl_certificate_key /certs/key.pem;\n" +
		"\tlocation / { proxy_pass http://synapse:8008; }\n}\n"
	earlier := example.BehindCaddy("", "", site)
	return lint.Rule{
		Name:      "proxy-changed",
		Severity:  diag.Warning,
		Guide:     lint.GuideNever,
		Documents: "compose, traefik, caddy, nginx; against an earlier revision",
		Title:     "another proxy answers for the hosts",
		Why: "One program alone has the ports 80 and 443 of a machine, and the one that comes does not start before the one that goes lets go of them. It takes over " +
			"neither routes nor certificates: what ACME gives it, it asks for anew, and Let's Encrypt gives out five certificates for the same hosts in seven " +
			"days. The order of the steps decides how long nobody gets through.",
		Sees:    "address already in use, a warning of the browser about the certificate, or nothing at all, until the last step is taken",
		Earlier: earlier,
		Before: strings.NewReplacer("caddy:2.11.4", "nginx:1.29.8", "  caddy:", "  nginx:", "./Caddyfile:/etc/caddy/Caddyfile:ro", "./nginx.conf:/etc/nginx/conf.d/default.conf:ro",
			"certs:/data", "certs:/certs:ro", "-- Caddyfile --\n"+site, "-- nginx.conf --\n"+server).Replace(earlier),
		After: strings.Replace(earlier, "caddy:2.11.4", "caddy:2.11.9", 1),
		Source: []string{
			"https://letsencrypt.org/docs/rate-limits/",
			"https://docs.docker.com/reference/cli/docker/compose/up/",
			"https://caddyserver.com/docs/automatic-https",
		},
		CheckChange: checkProxyChanged,
	}
}

func checkProxyChanged(before, after *model.Deployment, report func(diag.Finding)) {
	if before.InCluster() || after.InCluster() {
		return // an ingress controller takes its place, and all of the server moves
	}
	then, now := matrix.EdgeOf(before), matrix.EdgeOf(after)
	same := then.Kind == now.Kind && (then.Service == nil) == (now.Service == nil)
	if same || before.Synapse == nil && before.MAS == nil || then.Service == nil && now.Service == nil && (then.Kind == "" || now.Kind == "") {
		return
	}
	f := diag.Finding{Subject: strings.TrimSpace(now.Kind + " " + map[bool]string{true: "inside", false: "elsewhere"}[now.Service != nil])}
	switch {
	case now.Service != nil && then.Service != nil:
		f.Position = now.Service.Position
		f.Message = fmt.Sprintf("%s takes the place of %s, which has the ports 80 and 443: the hosts are away while the two change", now, then)
		f.Hint = "docker compose pull, then docker compose up -d --remove-orphans: without that option the old container keeps the ports, and the new one does not start"
	case now.Service != nil:
		f.Position = now.Service.Position
		f.Message = fmt.Sprintf("%s takes the ports 80 and 443 of the machine, and does not start before %s lets go of them", now, then)
		f.Hint = "docker compose pull, stop the old proxy and keep it from starting with the machine, then docker compose up -d; whatever else it served is away from then on"
	case then.Service != nil:
		f.Position = positionOfRoutes(after)
		f.Message = fmt.Sprintf("%s goes, and with it the ports 80 and 443: nobody gets through before %s has them, the routes and certificates", then, now)
		f.Hint = "give the new proxy its routes and certificates first, then docker compose up -d --remove-orphans, which frees the ports, then start or reload it"
		if now.Kind == "" {
			f.Message = fmt.Sprintf("%s goes, and with it the ports 80 and 443: nobody gets through before another proxy has them, the routes and certificates", then)
		}
	default:
		f.Position = positionOfRoutes(after)
		f.Message = fmt.Sprintf("%s takes the place of %s: nobody gets through before it has the routes, the certificates and the ports 80 and 443", now, then)
		f.Hint = "give the new proxy its routes and certificates first, then docker compose up -d, then stop the old one and start or reload the new one"
	}
	if asks := asksAuthority(now); asks != "" {
		f.Hint += "; " + asks
	}
	if then.Service != nil {
		f.Related = []diag.Related{{Position: then.Service.Position, Message: "the proxy until now"}}
	}
	report(f)
}

// asksAuthority says which certificates a proxy of the deployment does not take over.
func asksAuthority(e matrix.Edge) string {
	switch {
	case e.Service == nil:
		return ""
	case e.Kind == "nginx":
		return "its certificates have to be in their folder before"
	}
	return "it asks for a certificate of each host anew, of which Let's Encrypt gives out five in seven days: do not go back and forth"
}

// positionOfRoutes returns where a deployment says how a proxy elsewhere reaches it, or where its services begin.
func positionOfRoutes(d *model.Deployment) diag.Position {
	for _, c := range []*model.Configuration{d.Synapse, d.MAS} {
		if c != nil && c.Service != nil {
			for _, key := range []string{"ports", "labels"} {
				if at := c.Service.Node.Get(key); at != nil {
					return c.Service.Node.KeyPosition(key)
				}
			}
		}
	}
	if len(d.Routes) > 0 {
		return matrix.RulePosition(&d.Routes[0])
	}
	return container.ServicesPosition(d)
}
