package matrix

import (
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/model"
)

// ServesFederation reports whether a listener of Synapse has the resource.
func ServesFederation(synapse *model.Configuration) bool {
	listeners, _ := SynapseListeners(synapse)
	for _, l := range listeners {
		if l.Serves["federation"] {
			return true
		}
	}
	return false
}

// MayServeFederation reports whether a listener of Synapse has the resource, or may have it.
func MayServeFederation(synapse *model.Configuration) bool {
	_, whole := SynapseListeners(synapse)
	return ServesFederation(synapse) || !whole && synapse.At("listeners").IsSet()
}

// FederationIsClosed reports whether no other server may talk to this one.
func FederationIsClosed(d *model.Deployment) bool {
	list := d.Synapse.At("federation_domain_whitelist")
	return list != nil && (list.Unknown || list.Kind == model.List && len(list.Items) == 0)
}

// ListensFederation reports whether something may listen on the port that other servers try by themselves.
func ListensFederation(d *model.Deployment) bool { return MayListen(d, 8448) }

// MayListen reports whether something for other servers may listen on a port of the host.
func MayListen(d *model.Deployment, port int) bool {
	services := d.Services
	if d.Proxy != nil && d.Proxy.Home != nil && d.Proxy.Home != d {
		services = append(services[:len(services):len(services)], d.Proxy.Home.Services...)
	}
	for _, s := range services {
		ports, known := container.PublishedPorts(s)
		if slices.Contains([]string{"coturn", "livekit", "lk-jwt", "postgres", "redis", "element", "pocket-id", "mas"}, s.Product) {
			continue // they have nothing to do with federation
		}
		if !known || container.IsHostNetwork(s) && !s.Node.Get("network_mode").Is("none") {
			return true
		}
		for _, p := range ports {
			if p.HostFirst <= port && port <= p.HostLast {
				return true
			}
		}
	}
	if d.Proxy != nil && d.Proxy.Service == nil {
		for _, r := range d.Routes {
			for _, point := range r.EntryPoints {
				if strings.Contains(strings.ToLower(point), "fed") || strings.Contains(point, strconv.Itoa(port)) {
					return true
				}
			}
		}
	}
	return false
}

// LacksServerDocument answers whether nobody tells other servers where the server of the server name is: no document on its host, and nothing on
// its port 8448. A host that the proxy does not have may be another machine, which answers. What DNS says is not visible.
func LacksServerDocument(d *model.Deployment) model.Answer {
	a, ok := ApexOf(d)
	if !ok || d.Synapse.Partial || NamesPort(d.Synapse) || ListensFederation(d) {
		return model.CannotTell
	}
	fate, r := FateOf(d, Get(a.Host, "/.well-known/matrix/server"))
	switch {
	case fate == FateUnknown, fate == FateFiles:
		return model.CannotTell
	case fate == FateService && r.ReachesProduct("synapse"):
		return d.Synapse.Bool(false, "serve_server_wellknown").Not()
	case fate == FateService || HasDocument(d, model.KindWellKnownServer, "server"):
		return model.CannotTell
	}
	return model.Yes
}
