package matrix

import (
	"regexp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/internal/route"
)

// Apex is the host of the server name, where clients and other servers ask for the homeserver.
type Apex struct {
	Host string
	Name *model.Node
	// IsHomeserver says that clients reach Synapse on this very host.
	IsHomeserver bool
	// IsNamed says that the proxy routes something on it.
	IsNamed bool
}

// ApexOf returns the host of the server name. It is false if that is not known, or no proxy is visible in front of Synapse.
func ApexOf(d *model.Deployment) (Apex, bool) {
	if d.Proxy == nil || d.Synapse == nil || d.Synapse.Service == nil || len(RoutesTo(d, d.Synapse.Service)) == 0 {
		return Apex{}, false
	}
	name := d.Synapse.At("server_name")
	host, known := serverHost(name)
	if !known {
		return Apex{}, false
	}
	a := Apex{Host: host, Name: name}
	for _, host := range HomeserverHosts(d) {
		same, known := route.SameHost(strings.ToLower(host), strings.ToLower(a.Host))
		if !known && !strings.Contains(host, "*") {
			return Apex{}, false // it may be the host of the homeserver
		}
		a.IsHomeserver = a.IsHomeserver || same
	}
	a.IsNamed = IsNamed(d, a.Host)
	return a, true
}

// serverHost returns the public host of a server name. One that comes from a variable is that reference, as in [HostAndPath].
func serverHost(name *model.Node) (string, bool) {
	if text, literal := name.Literal(); literal {
		host := strings.ToLower(container.HostOf(text))
		return host, !placeholder.In(text) && IsPublicHost(host)
	}
	if name == nil || !name.Unknown || !symbolicHost().MatchString(name.Text) {
		return "", false
	}
	return name.Text, true
}

// NamesPort reports whether the server name has a port: other servers go there, and ask for no document.
// https://spec.matrix.org/latest/server-server-api/#resolving-server-names
func NamesPort(synapse *model.Configuration) bool {
	text, literal := synapse.At("server_name").Literal()
	return literal && container.HostOf(text) != text
}

// HasDocument reports whether a document of the kind is among the files, or a server or a script names its path, the last part of which is given, or
// all paths of such documents: somebody may serve it.
func HasDocument(d *model.Deployment, kind model.DocumentKind, last string) bool {
	path := "well-known/matrix/" + last
	named := regexp.MustCompile(`well-known\\?/matrix(?:\\?/(?:` + last + `|[^a-z])|[^/\\a-z]|$)`)
	return slices.ContainsFunc(d.Documents, func(doc *model.Document) bool {
		return doc.Kind == kind || doc.Format == model.Text && doc.Root != nil && named.MatchString(doc.Root.Text)
	}) || slices.ContainsFunc(d.Routes, func(r model.Route) bool {
		return r.Rule != nil && strings.Contains(r.Rule.Text, path) && !isFinalRoute(&r)
	})
}

func isFinalRoute(r *model.Route) bool {
	return r.Resolved && !slices.ContainsFunc(r.Backends, func(b model.Backend) bool { return !isFinal(b.Service) })
}
