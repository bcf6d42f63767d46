package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// masEndpointUnreachable: Synapse asks MAS about every access token, from inside its container. It starts without MAS, and fails at the
// first request.
func masEndpointUnreachable() lint.Rule {
	return lint.Rule{
		Name:      "mas-endpoint-unreachable",
		Severity:  diag.Error,
		Guide:     lint.GuideWarns,
		Documents: "synapse, mas, compose",
		Title:     "Synapse cannot reach MAS",
		Why:       "Synapse asks MAS about every access token. It starts all the same, and answers every request of a client with an error.",
		Sees:      "URL scheme should be 'http' or 'https', or 503 Unable to introspect the access token",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"URL scheme should be 'http' or 'https'", "Unable to introspect the access token"},
		},
		Before: example.Endpoint("http://mas:8081/", "http://synapse:8008/"),
		After:  example.Endpoint("http://mas:8080/", "http://synapse:8008/"),
		Source: []string{"element-hq/synapse synapse/config/mas.py", "https://github.com/element-hq/synapse/issues/18659"},
		Check:  checkMASEndpoint,
	}
}

func checkMASEndpoint(d *model.Deployment, report func(diag.Finding)) {
	report = lint.Guessing(report, d.MAS, d.Synapse)
	if matrix.DelegationOf(d.Synapse) != matrix.Delegated || d.Synapse.Version().Before("1.136.0") {
		return
	}
	node := d.Synapse.At("matrix_authentication_service", "endpoint")
	f := diag.Finding{Position: d.Synapse.Nearest("matrix_authentication_service", "endpoint")}
	text, known := node.Literal()
	switch lacks := d.Synapse.Lacks("matrix_authentication_service", "endpoint"); {
	case lacks == model.No && (!known || placeholder.In(text)):
		return
	case lacks == model.CannotTell || lacks == model.Yes && !container.IsOwnNetwork(d.Synapse.Service):
		return
	case lacks == model.Yes:
		f.Message = "every request of a client fails: without endpoint, Synapse looks for MAS in its own container, at localhost:8080"
		f.Hint = "write endpoint: http://mas:8080/, with the name of the service of MAS"
		report(f)
		return
	}
	a, ok := container.ParseAddress(text)
	if !ok {
		f.Message = fmt.Sprintf("Synapse does not start: the endpoint %q of MAS has neither http:// nor https://", text)
		f.Hint = "write it as http://mas:8080/"
		report(f)
		return
	}
	e := matrix.Endpoint{From: d.Synapse, To: d.MAS, Name: "MAS", Product: "mas", Needs: []string{"discovery", "oauth"}}
	e.Listeners, e.Whole = matrix.MASListeners(d.MAS)
	problem, hint := e.Problem(d, a)
	if problem != "" {
		f.Message = fmt.Sprintf("every request of a client fails: Synapse looks for MAS at %s, and %s", text, problem)
		f.Hint = hint
		report(f)
		return
	}
	checkPublicMASEndpoint(d, a, f.Position, report)
}

// checkPublicMASEndpoint says that Synapse goes out and through the proxy to ask MAS.
func checkPublicMASEndpoint(d *model.Deployment, a container.Address, at diag.Position, report func(diag.Finding)) {
	base, _ := d.MAS.At("http", "public_base").Literal()
	public, ok := container.ParseAddress(base)
	if !ok || a.Host != public.Host || !matrix.Related(d, d.Synapse, d.MAS) {
		return
	}
	outside := false
	if d.Synapse.Service != nil {
		known, found := container.Answering(d, d.Synapse.Service, a.Host)
		outside = known == container.ReachUnknown && !d.Synapse.Service.Node.Get("extra_hosts").IsSet()
		if !outside && !container.IsProxy(found) {
			return
		}
	}
	http2 := d.Synapse.At("matrix_authentication_service", "force_http2")
	switch {
	case http2.True():
		report(diag.Finding{
			Severity: diag.Warning,
			Position: http2.Position,
			Message:  "requests of clients may fail: force_http2 is on, and the proxy before MAS need not speak HTTP/2 without TLS",
			Hint:     "delete force_http2, or let Synapse ask MAS directly, such as at http://mas:8080/",
			Related:  []diag.Related{{Position: at, Message: "the address of the proxy"}},
		})
	case outside:
		report(diag.Finding{
			Severity: diag.Info,
			Position: at,
			Message:  "Synapse asks MAS at its public address, so that logins depend on DNS, the proxy and its certificate",
			Hint:     "write the name of the service of MAS and its port, such as http://mas:8080/",
		})
	}
}
