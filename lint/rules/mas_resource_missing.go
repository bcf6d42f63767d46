package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// masResource: what no listener of MAS serves is not there.
func masResource() lint.Rule {
	return lint.Rule{
		Name:      "mas-resource-missing",
		Severity:  diag.Error,
		Guide:     lint.GuideWarns,
		Documents: "mas, compose",
		Title:     "no listener of MAS serves a part that is needed",
		Why: "MAS answers only for the resources that a listener names. Without one of discovery, human, oauth, graphql and assets nobody " +
			"can log in or sees an empty page; without compat, older clients cannot.",
		Sees: "404 pages, a blank account page, or 404 on /health",
		Before: example.MAS(`http:
  public_base: https://auth.example.org/
  listeners:
    - resources: [{name: discovery}, {name: human}, {name: oauth}, {name: compat}]
      binds: [{address: "0.0.0.0:8080"}]
`),
		After: example.MAS(""),
		Source: []string{
			"https://github.com/element-hq/matrix-authentication-service/issues/3741",
			"element-hq/matrix-authentication-service crates/cli/src/server.rs",
		},
		Check: checkMASResource,
	}
}

func checkMASResource(d *model.Deployment, report func(diag.Finding)) {
	served, known := servedResources(d)
	if !known {
		return
	}
	where := d.MAS.At("http").KeyPosition("listeners")
	var missing []string
	for _, name := range []string{"discovery", "human", "oauth", "graphql", "assets"} {
		if !served[name] {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		report(diag.Finding{
			Position: where,
			Message:  "people cannot log in or manage their account: no listener of MAS serves " + strings.Join(missing, ", "),
			Hint:     resourceHint(missing...),
		})
	}
	if !served["compat"] {
		report(diag.Finding{
			Severity: diag.Warning,
			Position: where,
			Message:  "clients that do not know OAuth 2.0, and bots, cannot log in: no listener of MAS serves compat",
			Hint:     resourceHint("compat"),
		})
	}
	if !served["health"] {
		reportHealthCommands(d, report)
	}
	if exporter := d.MAS.At("telemetry", "metrics", "exporter"); exporter.Is("prometheus") && !served["prometheus"] {
		report(diag.Finding{
			Severity: diag.Warning,
			Position: exporter.Position,
			Message:  "nobody can collect MAS's metrics: no listener serves prometheus",
			Hint:     resourceHint("prometheus"),
		})
	}
	if served["health"] {
		reportHealthPorts(d, report)
		return
	}
	for _, probe := range healthProbes(d.MAS.Service) {
		report(diag.Finding{
			Severity: diag.Warning,
			Position: probe.at.Position,
			Message:  "MAS is asked for /health and answers 404: no listener serves health",
			Hint:     resourceHint("health") + " that is not public",
			Related:  []diag.Related{{Position: where, Message: "MAS's listeners"}},
		})
	}
}

func resourceHint(names ...string) string {
	var items []string
	for _, name := range names {
		items = append(items, fmt.Sprintf("{name: %s}", name))
	}
	return "add " + strings.Join(items, ", ") + " to the resources of a listener"
}

// servedResources returns the resources of all listeners. They are not known unless all listeners are, and there is one: without a section
// http MAS has listeners of its own, and that none is given is for another rule.
func servedResources(d *model.Deployment) (served map[string]bool, known bool) {
	listeners := d.MAS.At("http", "listeners")
	items := matrix.MASItems(d, "http", "listeners")
	if len(items) == 0 || len(items) != len(listeners.Items) || d.MAS.Partial {
		return nil, false
	}
	served = map[string]bool{}
	for _, listener := range items {
		names, known := matrix.ResourceNames(listener)
		if !known || len(names) == 0 {
			return nil, false
		}
		for name := range names {
			served[name] = true
		}
	}
	return served, true
}
