package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/route"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// proxyBodyLimit: the proxy has a limit for uploads, too, and that of nginx is 1 MB unless it is told otherwise.
func proxyBodyLimit() lint.Rule {
	return lint.Rule{
		Name:      "proxy-body-limit",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "nginx, caddy, traefik, synapse",
		Title:     "the proxy takes smaller uploads than Synapse",
		Why: "What is larger than the proxy's limit never reaches Synapse, however large max_upload_size is. nginx takes no more than 1 MB " +
			"unless client_max_body_size says so, which is less than most pictures.",
		Sees: "413 Request Entity Too Large in clients, and in nginx's log: client intended to send too large body",
		Quotes: map[string][]string{
			"nginx 1.22.1": {"413 Request Entity Too Large", "client intended to send too large body"},
		},
		Before: example.BehindNginx("\tlocation /_matrix { proxy_pass http://synapse:8008; }\n"),
		After:  example.BehindNginx("\tclient_max_body_size 50m;\n\tlocation /_matrix { proxy_pass http://synapse:8008; }\n"),
		Source: []string{
			"element-hq/synapse docs/reverse_proxy.md",
			"https://nginx.org/en/docs/http/ngx_http_core_module.html#client_max_body_size",
			"https://caddyserver.com/docs/caddyfile/directives/request_body",
			"https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/buffering/",
		},
		Check: checkBodyLimit,
	}
}

// nginxBody is what nginx takes without client_max_body_size.
const nginxBody = 1 << 20

func checkBodyLimit(d *model.Deployment, report func(diag.Finding)) {
	allowed, size := largestUpload(d.Synapse)
	if d.Proxy == nil || allowed == 0 {
		return
	}
	report = lint.GuessingProxy(d, report)
	seen := map[diag.Position]bool{}
	ways := route.WaysOf(d)
	for _, host := range matrix.HomeserverHosts(d) {
		way := ways.Of(model.Request{Host: host, Path: "/_matrix/media/v3/upload", Method: "POST"})
		if len(way) == 0 || way[len(way)-1].Route == nil || !way[len(way)-1].Route.ReachesProduct("synapse") {
			continue
		}
		for _, step := range way {
			if step.Route.With(func(e model.Effects) bool { return e.Any }) != nil {
				continue
			}
			f := bodyFinding(step.Deployment, step.Route, allowed, size)
			if f == nil || seen[f.Position] {
				continue
			}
			seen[f.Position] = true
			lint.WarnLocally(f, host)
			report(*f)
		}
	}
}

// largestUpload returns how much Synapse takes, and the value that says so. It is 0 if that is not known.
func largestUpload(synapse *model.Configuration) (int64, *model.Node) {
	size := synapse.At("max_upload_size")
	if synapse.Lacks("max_upload_size") == model.Yes {
		size = facts.Default(synapse, "max_upload_size")
	}
	text, known := size.Literal()
	bytes, ok := model.Bytes(text)
	if !known || !ok {
		return 0, nil
	}
	return bytes, size
}

// bodyFinding says what the proxy takes of an upload by a route; nil if that is all that Synapse takes, or not known.
func bodyFinding(d *model.Deployment, r *model.Route, allowed int64, size *model.Node) *diag.Finding {
	var limit *model.Middleware
	for i, m := range r.Middlewares {
		if m.Body != nil && m.Body.Unknown {
			return nil
		}
		if m.Body != nil && m.Body.Bytes > 0 && (limit == nil || m.Body.Bytes < limit.Body.Bytes) {
			limit = &r.Middlewares[i]
		}
	}
	isSet := r.With(func(e model.Effects) bool { return e.Body != nil }) != nil
	f := &diag.Finding{Position: matrix.RulePosition(r), Hint: "allow as much as max_upload_size in front of Synapse, too"}
	switch {
	case limit != nil && limit.Body.Bytes/100*105 < allowed: // a few per cent are a matter of units
		f.Severity, f.Position = diag.Warning, limit.Position
		f.Message = fmt.Sprintf("uploads end in 413 before Synapse sees them: the proxy takes %d bytes, and Synapse %s", limit.Body.Bytes, size.Text)
	case !isSet && d.Proxy.Kind == "nginx" && !d.Proxy.Partial && allowed > nginxBody:
		f.Message = fmt.Sprintf("uploads over 1 MB end in 413: nginx takes no more without client_max_body_size, and Synapse takes %s", size.Text)
		f.Hint = "write client_max_body_size " + size.Text + "; into the server or the location"
		if d.Proxy.Service == nil { // the main file of a host has more than the sites that are kept in a repository
			f.Severity = diag.Warning
			f.Message += ", unless it is set for all servers"
		}
	default:
		return nil
	}
	if size.Position.Line > 0 && size.Position.File != "" {
		f.Related = []diag.Related{{Position: size.Position, Message: "what Synapse takes"}}
	}
	return f
}
