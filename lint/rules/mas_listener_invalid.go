package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// masListener: MAS listens on what its listeners bind, and on nothing if there are none.
func masListener() lint.Rule {
	return lint.Rule{
		Name:      "mas-listener-invalid",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "mas",
		Title:     "a listener of MAS listens on nothing",
		Why: "With a section http, MAS listens only where its listeners say. A bind that fits none of four shapes is taken for a file " +
			"descriptor that nobody passed, and MAS stops.",
		Sees: "listener has no resources; could not parse listener address localhost:8080; no listener found on file descriptor; or " +
			"nothing, and the connection is refused",
		Quotes: map[string][]string{
			"MAS 1.22.0": {"listener has no resources", "could not parse listener address", "no listener found on file descriptor"},
		},
		Before: example.MAS(`http:
  public_base: https://auth.example.org/
  listeners:
    - resources: [{name: discovery}, {name: human}, {name: oauth}, {name: compat}, {name: graphql}, {name: assets}]
      binds: [{address: "localhost:8080"}]
`),
		After: example.MAS(`http:
  public_base: https://auth.example.org/
  listeners:
    - resources: [{name: discovery}, {name: human}, {name: oauth}, {name: compat}, {name: graphql}, {name: assets}]
      binds: [{host: localhost, port: 8080}]
`),
		Repairs: "writes a resource as a map, and takes a port out of quotes",
		Source: []string{
			"element-hq/matrix-authentication-service crates/config/src/sections/http.rs",
			"element-hq/matrix-authentication-service crates/cli/src/server.rs",
		},
		Check: checkMASListener,
	}
}

func checkMASListener(d *model.Deployment, report func(diag.Finding)) {
	http := d.MAS.At("http")
	listeners := http.Get("listeners")
	isEmpty := listeners == nil || listeners.Kind == model.List && len(listeners.Items) == 0
	if http != nil && http.Kind == model.Map && !http.Unknown && isEmpty && !d.MAS.Partial {
		where := d.MAS.Root.KeyPosition("http")
		if listeners != nil {
			where = listeners.Position
		}
		report(diag.Finding{
			Position: where,
			Message:  "MAS listens on nothing: there is a section http without a listener",
			Hint:     `add listeners, such as {binds: [{address: "0.0.0.0:8080"}], resources: […]}`,
		})
	}
	for _, listener := range matrix.MASItems(d, "http", "listeners") {
		for key, problem := range map[string]string{"resources": "serves nothing", "binds": "binds no address"} {
			if n := listener.Get(key); n != nil && n.Kind == model.List && len(n.Items) == 0 {
				report(diag.Finding{Position: n.Position, Message: "MAS does not start: this listener " + problem, Hint: "fill " + key + ", or delete the listener"})
			}
		}
		for _, resource := range listener.ItemsAt("resources") {
			if text, known := resource.Literal(); known {
				report(diag.Finding{
					Position: resource.Position,
					Message:  "MAS does not start: a resource is written as text, and has to be a map",
					Hint:     fmt.Sprintf("write {name: %s}", text),
					Fix:      diag.Unquote(resource.Position, text, fmt.Sprintf("{name: %s}", text)),
				})
			}
		}
		for _, bind := range listener.ItemsAt("binds") {
			reportBind(d.MAS, bind, report)
		}
	}
}
