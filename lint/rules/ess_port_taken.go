package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// essPortTaken: lists of the operator are put before those of the chart, which listens on ports of its own.
func essPortTaken() lint.Rule {
	return lint.Rule{
		Name:      "ess-port-taken",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "Helm values",
		Title:     "a port that Element's chart listens on itself",
		Why: "The chart appends its listeners to those in the values. Two on one port cannot be: the process stops, since the address is in use. That of the chart " +
			"cannot be taken away.",
		Sees: "Address already in use, or CannotListenError",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"Address already in use"},
		},
		Before: example.ESS(`synapse:
  ingress: {host: matrix.example.org}
  additional:
    10-listeners.yaml:
      config: |
        listeners:
          - port: 8008
            type: http
            resources:
              - names: [client, federation]
`),
		After: example.ESS(`synapse:
  ingress: {host: matrix.example.org}
`),
		Source: []string{
			"element-hq/ess-helm charts/matrix-stack/configs/synapse/synapse-05-process-specific.yaml.tpl",
			"element-hq/ess-helm charts/matrix-stack/configs/matrix-authentication-service/config-overrides.yaml.tpl",
			"element-hq/ess-helm matrix-tools/internal/pkg/renderer/renderer.go",
		},
		Check: checkESSPortTaken,
	}
}

func checkESSPortTaken(d *model.Deployment, report func(diag.Finding)) {
	if d.Chart == nil {
		return
	}
	taken := func(product, port string, at diag.Position, uses map[string]string) {
		if use := uses[port]; use != "" {
			report(diag.Finding{
				Position: at,
				Message:  fmt.Sprintf("%s does not start: the chart has it listen on port %s already, for %s", product, port, use),
				Hint:     "delete this listener",
			})
		}
	}
	for _, doc := range d.Documents {
		switch {
		case doc.Source == nil:
		case doc.Kind == model.KindSynapse:
			for _, listener := range doc.Root.ItemsAt("listeners") {
				if port, known := listener.Get("port").Literal(); known {
					taken("Synapse", port, listener.Get("port").Position, map[string]string{"8008": "clients and servers", "8080": "its health", "9001": "its metrics"})
				}
			}
		case doc.Kind == model.KindMAS:
			for _, listener := range doc.Root.Get("http").ItemsAt("listeners") {
				for _, bind := range listener.ItemsAt("binds") {
					if port, _, known := matrix.MASBind(bind); known && len(bind.Fields) > 0 {
						taken("MAS", port, bind.Fields[0].Position, map[string]string{"8080": "people and Synapse", "8081": "its health and metrics"})
					}
				}
			}
		}
	}
}
