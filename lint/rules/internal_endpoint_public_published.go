package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// frontProxy returns where the proxy is that others reach: a container of the deployment, or a program of the host that leads to what is published
// there.
func frontProxy(d *model.Deployment) (diag.Position, bool) {
	for _, product := range []string{"traefik", "caddy", "nginx"} {
		for _, s := range d.Of(product) {
			ports, _ := container.PublishedPorts(s)
			if !s.Inactive && slices.ContainsFunc(ports, func(p container.PublishedRange) bool { return p.HostFirst == 443 || p.HostFirst == 80 }) {
				return s.Position, true
			}
		}
	}
	for _, s := range d.Services {
		if !s.Inactive && slices.Contains(otherProxies(), s.Image.Base()) {
			return s.Position, true
		}
	}
	if d.Proxy == nil || d.Proxy.Service != nil || d.Proxy.Kind == "traefik" {
		return diag.Position{}, false
	}
	for i := range d.Routes {
		if r := &d.Routes[i]; r.Serves && r.Resolved && r.Backends[0].Service != nil {
			return matrix.RulePosition(r), true
		}
	}
	return diag.Position{}, false
}

// otherProxies are images of proxies whose routes are not read.
func otherProxies() []string {
	return []string{"nginx-proxy", "nginx-proxy-manager", "haproxy", "swag", "openresty", "angie", "envoy", "caddy-docker-proxy"}
}

// reportPublishedInside reports a port that a service publishes although a proxy is there for it.
func reportPublishedInside(d *model.Deployment, s *model.Service, front diag.Position, report func(diag.Finding)) {
	if !slices.Contains([]string{"postgres", "redis", "synapse", "mas", "pocket-id"}, s.Product) || s.Inactive {
		return
	}
	ports, _ := container.PublishedPorts(s)
	listening, whole := matrix.ListeningPorts(d, s)
	for _, p := range ports {
		if whole && len(listening) > 0 && p.First == p.Last && !slices.Contains(listening, strconv.Itoa(p.First)) {
			continue // nobody answers there
		}
		if p.Protocol == "udp" || !isPublishedToAll(p.Item) || s.Product == "synapse" && p.First == 8448 {
			continue
		}
		f := diag.Finding{
			Position: p.Item.Position,
			Message:  fmt.Sprintf("everybody reaches port %d of %s past the proxy, without TLS", p.First, s.Name),
			Hint:     "delete the port, or publish it on 127.0.0.1 alone",
			Related:  []diag.Related{{Position: front, Message: "the proxy"}},
		}
		if s.Product == "postgres" || s.Product == "redis" {
			f.Message = fmt.Sprintf("everybody reaches the database %s on port %d", s.Name, p.First)
		}
		if servesReplication(d, s, p.First) {
			f.Severity = diag.Error
			f.Message = fmt.Sprintf("everybody reaches port %d of %s, where workers replicate: it asks for no password", p.First, s.Name)
		}
		report(f)
	}
}

func servesReplication(d *model.Deployment, s *model.Service, port int) bool {
	if d.Synapse == nil || d.Synapse.Service != s {
		return false
	}
	listeners, _ := matrix.SynapseListeners(d.Synapse)
	return slices.ContainsFunc(listeners, func(l matrix.Listener) bool { return l.Port == fmt.Sprint(port) && l.Serves["replication"] })
}

// isPublishedToAll reports whether a port is published on an address that others reach.
func isPublishedToAll(item *model.Node) bool {
	if item.Kind == model.Map {
		host, known := item.Get("host_ip").Literal()
		return !item.Get("host_ip").IsSet() || known && (host == "0.0.0.0" || host == "::")
	}
	text, known := item.Literal()
	text, _, _ = strings.Cut(text, "/")
	address := ""
	if i := strings.LastIndex(text, ":"); i >= 0 {
		address, _ = container.SplitPublished(text)
	}
	return known && (address == "" || address == "0.0.0.0" || address == "[::]")
}
