package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// wellKnownServerWrong: other servers ask the host of the server name where federation is, and else try its port 8448.
func wellKnownServerWrong() lint.Rule {
	return lint.Rule{
		Name:      "well-known-server-wrong",
		Severity:  diag.Error,
		Guide:     lint.GuideWarns,
		Documents: "well-known, synapse, traefik, compose",
		Title:     "other servers do not find this one",
		Why: "Other servers ask the host of the server name for /.well-known/matrix/server. Without an answer, or without a port in it, they " +
			"try port 8448.",
		Sees:   "other servers try <server name>:8448, or end up at a website",
		Before: wellKnownServerExample("https://matrix.example.org"),
		After:  wellKnownServerExample("matrix.example.org:443"),
		Source: []string{
			"element-hq/synapse docs/delegate.md",
			"element-hq/synapse synapse/rest/well_known.py",
			"https://github.com/matrix-org/synapse/issues/13539",
		},
		Check: checkWellKnownServer,
	}
}

func wellKnownServerExample(server string) string {
	return "-- well-known/server.json --\n{\"m.server\": \"" + server + "\"}\n" + example.Synapse("")
}

func checkWellKnownServer(d *model.Deployment, report func(diag.Finding)) {
	for _, doc := range d.Documents {
		if doc.Kind == model.KindWellKnownServer && container.IsMounted(d, doc) {
			reportServerDocument(d, doc.Root.Get("m.server"), report)
		}
	}
	report = lint.GuessingProxy(d, report)
	a, ok := matrix.ApexOf(d)
	if !ok || matrix.NamesPort(d.Synapse) || !matrix.ServesFederation(d.Synapse) || matrix.FederationIsClosed(d) || matrix.ListensFederation(d) {
		return
	}
	serves := d.Synapse.At("serve_server_wellknown")
	document, r := matrix.FateOf(d, matrix.Get(a.Host, "/.well-known/matrix/server"))
	federation, taker := matrix.FateOf(d, matrix.Get(a.Host, "/_matrix/federation/v1/version"))
	toSynapse := document == matrix.FateService && r.ReachesProduct("synapse")
	switch {
	case matrix.PythonTrue(serves) == model.Yes && federation == matrix.FateNobody && (toSynapse || document == matrix.FateNobody):
		f := diag.Finding{
			Position: serves.Position,
			Message:  fmt.Sprintf("other servers are sent to %s:443, where nothing leads federation to Synapse: that is all that serve_server_wellknown can say", a.Host),
			Hint:     "serve a document of your own that names the host of Synapse, such as {\"m.server\": \"matrix.example.org:443\"}",
		}
		if !toSynapse {
			f.Severity = diag.Warning
		}
		report(f)
	case matrix.PythonTrue(serves) == model.Yes && toSynapse && federation == matrix.FateUnknown && isWebsite(taker):
		report(diag.Finding{
			Severity: diag.Warning,
			Position: serves.Position,
			Message:  fmt.Sprintf("other servers are sent to %s:443 and find what %s leads to there, and no Synapse", a.Host, matrix.RouteName(taker)),
			Hint:     "lead /_matrix/federation and /_matrix/key of that host to Synapse, or serve a document that names the host of Synapse",
			Related:  []diag.Related{{Position: matrix.RulePosition(taker), Message: "this takes federation"}},
		})
	case toSynapse && d.Synapse.Bool(false, "serve_server_wellknown") == model.No:
		report(diag.Finding{
			Severity: absentSeverity(a),
			Position: d.Synapse.Nearest("serve_server_wellknown"),
			Message:  fmt.Sprintf("other servers try port 8448 of %s, which nobody publishes: Synapse does not answer /.well-known/matrix/server", a.Host),
			Hint:     fmt.Sprintf("write serve_server_wellknown: true if %s leads federation to Synapse, else serve a document that names the host", a.Host),
		})
	case matrix.LacksServerDocument(d) == model.Yes && matrix.OnlyService(d, "lk-jwt") == nil: // with calls, that is for rtc-server-name-unresolvable
		report(diag.Finding{
			Severity: diag.Warning,
			Position: a.Name.Position,
			Message:  fmt.Sprintf("other servers do not find this one, unless somebody else answers https://%s/.well-known/matrix/server", a.Host),
			Hint:     "serve {\"m.server\": \"<host of Synapse>:443\"} there",
		})
	}
}

// listensNowhere reports whether no container publishes a port.
func listensNowhere(d *model.Deployment, port string) bool {
	number, err := strconv.Atoi(port)
	return err == nil && !matrix.MayListen(d, number)
}

// isWebsite reports whether a route for all paths of a host leads elsewhere than to Synapse, and not to a web server of the deployment, which may
// lead on.
func isWebsite(r *model.Route) bool {
	if r == nil || !r.Resolved || len(r.Backends) == 0 || r.Rule != nil && strings.Contains(r.Rule.Text, "/_matrix") {
		return false
	}
	return !slices.ContainsFunc(r.Backends, func(b model.Backend) bool {
		return b.Service != nil && (b.Service.Product != "" || b.Service.Node.Get("build").IsSet())
	})
}

// absentSeverity: a document that is missing on a host of the homeserver itself may be made up for by DNS.
func absentSeverity(a matrix.Apex) diag.Severity {
	if a.IsHomeserver {
		return diag.Warning
	}
	return diag.Error
}

// reportServerDocument reports a document that leads other servers nowhere.
func reportServerDocument(d *model.Deployment, server *model.Node, report func(diag.Finding)) {
	text, known := server.Literal()
	if !known || placeholder.In(text) {
		return
	}
	f := diag.Finding{Position: server.Position, Hint: `write a host and a port, such as "matrix.example.org:443"`}
	host, port := container.HostOf(text), ""
	if host != text {
		port = text[strings.LastIndex(text, ":")+1:]
	}
	switch {
	case strings.Contains(text, "://"), strings.Contains(text, "/"):
		f.Message = fmt.Sprintf("other servers do not understand %s: m.server is a host with a port, and no URL", text)
	case d.Proxy == nil || d.Proxy.Partial || len(d.Services) == 0 || d.Synapse == nil || d.Synapse.Service == nil:
		return
	case port == "" && !matrix.ListensFederation(d) && len(matrix.RoutesTo(d, d.Synapse.Service)) > 0 && matrix.IsNamed(d, host):
		f.Message = fmt.Sprintf("other servers try port 8448 of %s, which nobody publishes: without a port, m.server means that one", text)
		f.Hint = fmt.Sprintf("write %q", text+":443")
	case port != "" && port != "443" && listensNowhere(d, port) && len(matrix.RoutesTo(d, d.Synapse.Service)) > 0 && matrix.IsNamed(d, host):
		f.Message = fmt.Sprintf("other servers are sent to port %s of %s, which nobody publishes", port, host)
		f.Hint = fmt.Sprintf("write %q, where the proxy leads to Synapse", host+":443")
	case port == "443" && matrix.IsPublicHost(host) && !matrix.IsNamed(d, host) && len(matrix.RoutesTo(d, d.Synapse.Service)) > 0:
		f.Message = fmt.Sprintf("other servers are sent to %s, and %s", text, matrix.Hostless(d, host, ""))
		f.Hint = "name the host by which the proxy leads to Synapse"
	default:
		return
	}
	report(f)
}
