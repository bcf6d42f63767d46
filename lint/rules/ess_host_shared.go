package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// essHostShared: each of these components has all paths of its host.
func essHostShared() lint.Rule {
	return lint.Rule{
		Name:      "ess-host-shared",
		Severity:  diag.Error,
		Documents: "Helm values",
		Title:     "two components of Element's chart with one host",
		Why: "MAS, Element Web, Element Admin and the calls each have all paths of their host, and so has the server name, which leads to Element Web. Of two with " +
			"the same host one answers, and ingress-nginx refuses the second.",
		Sees: `admission webhook "validate.nginx.ingress.kubernetes.io" denied the request: host "…" and path "/" is already defined; or the pages of the wrong component`,
		Before: example.ESS(`synapse:
  ingress: {host: matrix.example.org}
matrixAuthenticationService:
  ingress: {host: chat.example.org}
`),
		After: example.ESS(`synapse:
  ingress: {host: matrix.example.org}
matrixAuthenticationService:
  ingress: {host: account.example.org}
`),
		Source: []string{
			"element-hq/ess-helm charts/matrix-stack/templates/element-web/ingress.yaml",
			"element-hq/ess-helm charts/matrix-stack/templates/well-known/ingress.yaml",
			"https://github.com/element-hq/ess-helm/blob/main/README.md",
		},
		Check: checkESSHostShared,
	}
}

func checkESSHostShared(d *model.Deployment, report func(diag.Finding)) {
	if d.Chart == nil {
		return
	}
	type taken struct {
		by   string
		host *model.Node
	}
	first := map[string]taken{}
	take := func(by string, host *model.Node) {
		text, known := host.Literal()
		if text = strings.ToLower(text); !known || text == "" {
			return
		}
		if other, is := first[text]; is {
			report(diag.Finding{
				Position: host.Position,
				Message:  fmt.Sprintf("%s and %s have the same host, and each wants all paths of it", other.by, by),
				Hint:     "give each a host of its own",
				Related:  []diag.Related{{Position: other.host.Position, Message: other.by}},
			})
			return
		}
		first[text] = taken{by, host}
	}
	delegation := d.Chart.At("wellKnownDelegation")
	if !delegation.Get("enabled").False() && delegation.At("baseDomainRedirect", "enabled").Bool(true) == model.Yes && delegation.Get("enabled").Bool(true) == model.Yes {
		take("the server name", d.Chart.At("serverName"))
	}
	for _, component := range []string{"elementWeb", "matrixAuthenticationService", "matrixRTC", "elementAdmin"} {
		if d.Chart.Runs(component) == model.Yes {
			take(component, d.Chart.At(component, "ingress", "host"))
		}
	}
}
