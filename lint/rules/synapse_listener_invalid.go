package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// synapseListenerInvalid: what Synapse serves where. It takes neither names that it does not know nor keys in the wrong place.
func synapseListenerInvalid() lint.Rule {
	return lint.Rule{
		Name:      "synapse-listener-invalid",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "synapse",
		Title:     "a listener of Synapse cannot work",
		Why:       "Synapse does not start with a listener that has a type or a resource that it does not know, or nothing to listen on.",
		Sees:      "Unknown listener resource, or HttpResourceConfig.__init__() got an unexpected keyword argument",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"Unknown listener resource"},
		},
		Before: example.Synapse(`listeners:
  - port: 8008
    type: http
    x_forwarded: true
    resources: [{names: [client, federations]}]
`),
		After: example.Synapse(`listeners:
  - port: 8008
    type: http
    x_forwarded: true
    resources: [{names: [client, federation]}]
`),
		Repairs: "respells a type or a resource that is surely misspelt",
		Source:  []string{"element-hq/synapse synapse/config/server.py", "element-hq/synapse synapse/app/homeserver.py"},
		Check:   checkSynapseListenerInvalid,
	}
}

// synapseResources are the names of what a listener of Synapse can serve.
func synapseResources() []string {
	return []string{"client", "consent", "federation", "health", "keys", "media", "metrics", "openid", "replication", "static"}
}

func synapseListenerTypes() []string { return []string{"http", "metrics", "manhole"} }

func checkSynapseListenerInvalid(d *model.Deployment, report func(diag.Finding)) {
	listeners := d.Synapse.At("listeners")
	if listeners == nil || listeners.Kind != model.List || listeners.Unknown {
		return
	}
	if len(listeners.Items) == 0 && !d.Synapse.Partial {
		report(diag.Finding{
			Severity: diag.Warning,
			Position: d.Synapse.Nearest("listeners"),
			Message:  "Synapse starts and listens on nothing, since there are no listeners",
			Hint:     "add a listener with a port, type: http and the resources client and federation",
		})
	}
	for _, listener := range listeners.Items {
		if listener.Kind != model.Map || listener.Unknown {
			continue
		}
		kind, known := listener.Get("type").Literal()
		switch {
		case known && !slices.Contains(synapseListenerTypes(), kind) && !placeholder.In(kind):
			report(diag.Finding{
				Position: listener.Get("type").Position,
				Message:  fmt.Sprintf("Synapse does not start: a listener of type %q does not exist", kind),
				Hint:     "write http, metrics or manhole; replication is a resource of a listener of type http",
				Fix:      lint.RespellValue(listener.Get("type"), synapseListenerTypes()),
			})
		case !listener.Get("port").IsSet() && !listener.Get("path").IsSet() && matrix.ItemsAreWhole(d.Synapse):
			report(diag.Finding{
				Position: listener.Position,
				Message:  "Synapse does not start: this listener has neither port nor path",
				Hint:     "write the port, such as 8008",
			})
		case kind == "http":
			checkResources(d, listener.Get("resources"), report)
		}
	}
}

// checkResources checks what a listener of type http serves.
func checkResources(d *model.Deployment, resources *model.Node, report func(diag.Finding)) {
	if resources == nil {
		return
	}
	for _, resource := range resources.Items {
		if misplaced := resource.Field("x_forwarded"); misplaced != nil {
			report(diag.Finding{
				Position: misplaced.Position,
				Message:  "Synapse does not start: x_forwarded stands in resources, where it is not known",
				Hint:     "move x_forwarded up to the listener, beside port and type",
			})
		}
		names := resource.Get("names")
		if names == nil || names.Kind != model.List {
			continue
		}
		for _, name := range names.Items {
			text, known := name.Literal()
			switch {
			case !known || placeholder.In(text):
			case text == "webclient" && d.Synapse.Version().Before("1.53.0"): // it was one until then
			case !slices.Contains(synapseResources(), text):
				report(diag.Finding{
					Position: name.Position,
					Message:  fmt.Sprintf("Synapse does not start: a listener cannot serve %q, it is no resource", text),
					Hint:     "write one of " + strings.Join(synapseResources(), ", "),
					Fix:      lint.RespellValue(name, synapseResources()),
				})
			case text == "media" && d.Synapse.At("enable_media_repo").False():
				report(diag.Finding{
					Position: name.Position,
					Message:  "Synapse does not start: this listener serves media, and enable_media_repo is off",
					Hint:     "delete media here, or switch enable_media_repo on",
					Related:  []diag.Related{{Position: d.Synapse.At("enable_media_repo").Position, Message: "the media repository is off here"}},
				})
			}
		}
	}
}
