package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// proxyBackendUnreachable: the proxy has to ask on the port that the container listens on, on a network that both are on.
func proxyBackendUnreachable() lint.Rule {
	return lint.Rule{
		Name:      "proxy-backend-unreachable",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "traefik, compose, mas, synapse",
		Title:     "the proxy asks where nothing listens",
		Why: "A route leads to a port of a container. If the service there listens on another one, for its own container alone, with TLS where " +
			"the proxy has none, or on no network of the proxy, every request fails although all containers are healthy.",
		Sees: "502 Bad Gateway or 504 Gateway Timeout; host not found in upstream, with which nginx does not start",
		Quotes: map[string][]string{
			"Traefik 3.7.13": {"502 Bad Gateway"},
			"nginx 1.22.1":   {"host not found in upstream"},
		},
		Before: strings.Replace(example.Routed("", example.AccountRouterLabels+example.CompatRouter), `server.port: "8080"`, `server.port: "8081"`, 1),
		After:  example.Routed("", example.AccountRouterLabels+example.CompatRouter),
		Source: []string{
			"element-hq/synapse docs/reverse_proxy.md",
			"https://github.com/element-hq/synapse/issues/19505",
			"https://doc.traefik.io/traefik/reference/routing-configuration/other-providers/docker/",
		},
		Check: checkProxyBackend,
	}
}

func checkProxyBackend(d *model.Deployment, report func(diag.Finding)) {
	type target struct {
		service *model.Service
		at      diag.Position
	}
	report = lint.GuessingProxy(d, report)
	var seen []target
	for i := range d.Routes {
		r := &d.Routes[i]
		for _, b := range r.Backends {
			if b.Service == nil {
				reportNoBackend(d, r, b, report)
				continue
			}
			if reportHostNetwork(d, b, report) {
				continue
			}
			at := target{b.Service, b.Position}
			if slices.Contains(seen, at) || container.IsHostNetwork(b.Service) {
				continue
			}
			seen = append(seen, at)
			if !reportFarBackend(d, b, report) && b.Port != nil {
				reportBackendPort(d, b, report)
			}
		}
	}
}

// reportHostNetwork reports the name of a container that is on the host's network, and so in no network of Docker that has names.
func reportHostNetwork(d *model.Deployment, b model.Backend, report func(diag.Finding)) bool {
	proxy := d.Proxy.Service
	if proxy == nil || b.Host == "" || !b.Service.Node.Get("network_mode").Is("host") || container.IsHostNetwork(proxy) ||
		proxy.Node.Get("extra_hosts").IsSet() || proxy.Node.Get("extends").IsSet() || !slices.Contains(container.NamesOf(b.Service), b.Host) {
		return false
	}
	report(diag.Finding{
		Position: b.Position,
		Message:  fmt.Sprintf("%s does not reach %s: on the host's network it has no name that other containers know", matrix.ProxyName(d), b.Service.Name),
		Hint:     "write host.docker.internal with its port, and extra_hosts: [\"host.docker.internal:host-gateway\"] for the proxy, or give it a network that both are on",
		Related:  []diag.Related{{Position: b.Service.Node.KeyPosition("network_mode"), Message: "the host's network"}},
	})
	return true
}

// reportNoBackend reports a name that no container has.
func reportNoBackend(d *model.Deployment, r *model.Route, b model.Backend, report func(diag.Finding)) {
	if d.Proxy.Service == nil || d.Proxy.Home != d || r.Provider == "docker" {
		return
	}
	f := diag.Finding{
		Position: b.Position,
		Message:  fmt.Sprintf("%s reaches nobody here: %s", matrix.ProxyName(d), container.NoName(d, b.Host)),
		Hint:     "name a service of the compose file",
	}
	switch known, _ := container.Answering(d, d.Proxy.Service, b.Host); {
	case known == container.ReachNobody && !matrix.IsLoopback(b.Host) && !sharesNetworks(d):
	case matrix.IsLoopback(b.Host) && container.IsOwnNetwork(d.Proxy.Service) && !listensItself(d, b):
		f.Message = fmt.Sprintf("%s reaches nobody here: in its container, %s is that container itself", matrix.ProxyName(d), b.Host)
		f.Hint = "name the service instead, with the port on which it listens inside its container"
	default:
		return
	}
	report(f)
}

// sharesNetworks reports whether the proxy is on a network that other projects may be on, whose services have names of their own.
func sharesNetworks(d *model.Deployment) bool {
	return slices.ContainsFunc(container.Attachments(d.Proxy.Service), func(a model.Attachment) bool { return d.Networks[a.Network].Shared })
}

// listensItself reports whether the proxy itself may listen on the port of a backend.
func listensItself(d *model.Deployment, b model.Backend) bool {
	return b.Port == nil || d.Proxy.Partial || slices.ContainsFunc(d.Routes, func(r model.Route) bool {
		return slices.Contains(r.EntryPoints, b.Port.Text)
	})
}

// reportFarBackend reports a container that shares no network with the proxy.
func reportFarBackend(d *model.Deployment, b model.Backend, report func(diag.Finding)) bool {
	if d.Proxy.Service == nil || b.Service == d.Proxy.Service || b.Service.Node.Get("extends").IsSet() || d.Proxy.Service.Node.Get("extends").IsSet() {
		return false
	}
	for _, a := range container.Attachments(b.Service) {
		if on, known := matrix.ProxyIsOn(d, a.Network); on || !known {
			return false
		}
	}
	report(diag.Finding{
		Position: b.Service.Node.KeyPosition("networks"),
		Message:  fmt.Sprintf("%s does not reach %s: they share no network", matrix.ProxyName(d), b.Service.Name),
		Hint:     fmt.Sprintf("put %s on a network of service %s", b.Service.Name, d.Proxy.Service.Name),
		Related:  []diag.Related{{Position: d.Proxy.Service.Position, Message: "the proxy"}},
	})
	return true
}

// reportBackendPort reports a port on which the service does not listen for others.
func reportBackendPort(d *model.Deployment, b model.Backend, report func(diag.Finding)) {
	port, known := b.Port.Literal()
	ports, whole := proxiedPorts(d, b.Service)
	if !known || !whole || len(ports) == 0 {
		return
	}
	var found []backendPort
	for _, p := range ports {
		if p.port == port {
			found = append(found, p)
		}
	}
	f := diag.Finding{Position: b.Port.Position}
	switch {
	case len(found) == 0 && matrix.IsLoopback(b.Host):
		return // the port that is published is wrong, which is for another rule
	case len(found) == 0:
		var numbers []string
		for _, p := range ports {
			numbers = append(numbers, p.port)
		}
		f.Message = fmt.Sprintf("the proxy asks %s on port %s, where nothing listens", b.Service.Name, port)
		f.Hint = "it listens on " + strings.Join(numbers, " and ")
	case !slices.ContainsFunc(found, func(p backendPort) bool { return !p.loopback }):
		f.Position = found[0].at
		f.Message = fmt.Sprintf("the proxy does not reach %s: it listens on port %s for its own container alone", b.Service.Name, port)
		f.Hint = "let it listen on 0.0.0.0"
		f.Related = []diag.Related{{Position: b.Port.Position, Message: "the proxy asks there"}}
	case found[0].tls && b.Scheme == "http":
		f.Message = fmt.Sprintf("the proxy asks %s without TLS, and port %s has TLS", b.Service.Name, port)
		f.Hint = "let the listener have no TLS, or set the scheme of the server to https"
		f.Related = []diag.Related{{Position: found[0].at, Message: "the listener"}}
	case !found[0].tls && b.Scheme == "https":
		f.Message = fmt.Sprintf("the proxy asks %s with TLS, and port %s has none", b.Service.Name, port)
		f.Hint = "leave out the scheme https"
	default:
		return
	}
	report(f)
}
