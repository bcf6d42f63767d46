package lint

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// apex is the host of the server name, where clients and other servers ask for the homeserver.
type apex struct {
	host string
	name *model.Node
	// isHomeserver says that clients reach Synapse on this very host.
	isHomeserver bool
	// isNamed says that the proxy routes something on it.
	isNamed bool
}

// apexOf returns the host of the server name. It is false if that is not known, or no proxy is visible in front of Synapse.
func apexOf(d *model.Deployment) (apex, bool) {
	if d.Proxy == nil || d.Synapse == nil || d.Synapse.Service == nil || len(routesTo(d, d.Synapse.Service)) == 0 {
		return apex{}, false
	}
	name := d.Synapse.At("server_name")
	text, known := name.Literal()
	if !known || model.IsPlaceholder(text) || !isPublicHost(hostOf(text)) {
		return apex{}, false
	}
	a := apex{host: strings.ToLower(hostOf(text)), name: name}
	for _, host := range homeserverHosts(d) {
		a.isHomeserver = a.isHomeserver || strings.EqualFold(host, a.host)
	}
	a.isNamed = isNamed(d, a.host)
	return a, true
}

// hasDocument reports whether a document of the kind is among the files, or a server or a script has its text: somebody may serve it.
func hasDocument(d *model.Deployment, kind model.DocumentKind, path string) bool {
	return slices.ContainsFunc(d.Documents, func(doc *model.Document) bool {
		return doc.Kind == kind || doc.Format == model.Text && doc.Root != nil && strings.Contains(doc.Root.Text, path)
	}) || slices.ContainsFunc(d.Routes, func(r model.Route) bool {
		return r.Rule != nil && strings.Contains(r.Rule.Text, path) && !isFinalRoute(&r)
	})
}

func isFinalRoute(r *model.Route) bool {
	return r.Resolved && !slices.ContainsFunc(r.Backends, func(b model.Backend) bool { return !isFinal(b.Service) })
}
