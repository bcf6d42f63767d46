package matrix

import (
	"fmt"
	"slices"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Edge is what stands between the public and a deployment: a service of its own, or a proxy elsewhere. Without a kind, nothing says what it is.
type Edge struct {
	Kind    string
	Service *model.Service
}

// EdgeOf returns it. A service is one if it has a port of the machine that the public asks.
func EdgeOf(d *model.Deployment) Edge {
	for _, kind := range []string{"traefik", "caddy", "nginx"} {
		for _, s := range d.Of(kind) {
			ports, _ := container.PublishedPorts(s)
			if slices.ContainsFunc(ports, func(p container.PublishedRange) bool { return p.HostFirst == 80 || p.HostFirst == 443 }) {
				return Edge{kind, s}
			}
		}
	}
	if d.Proxy == nil || d.Proxy.Service != nil || d.Proxy.Guessed {
		return Edge{}
	}
	return Edge{Kind: d.Proxy.Kind}
}

// String says what it is, and where.
func (e Edge) String() string {
	switch {
	case e.Service != nil:
		return "the service " + e.Service.Name
	case e.Kind != "":
		return fmt.Sprintf("the %s that runs elsewhere", map[string]string{"traefik": "Traefik", "caddy": "Caddy", "nginx": "nginx"}[e.Kind])
	}
	return "what has the ports 80 and 443 now"
}
