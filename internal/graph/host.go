package graph

import (
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/route"
)

// anyHost stands for the host of a route that names none.
const anyHost = "any host"

// The nodes of ports that the machine publishes: for all, and for programs of the machine alone.
const (
	openPorts  = "host ports"
	localPorts = "host localhost ports"
)

// hosts adds the public hosts with the routes of the proxy, and the ports that the machine publishes.
func (b *builder) hosts() {
	d := b.deployment
	for i := range d.Routes {
		r := &d.Routes[i]
		if !isShown(r) {
			continue
		}
		for _, host := range hostsOf(r) {
			id := b.node(Node{ID: hostID(host), Kind: Host, Name: host, Group: b.group("proxy", proxyTitle(d))})
			for _, backend := range r.Backends {
				b.connect(id, b.backend(backend), Traffic, append(paths(d, r, host), labelled("port", backend.Port))...)
			}
		}
	}
	for _, s := range d.Services {
		if !b.isFrame(s) {
			b.published(s)
		}
	}
}

// isShown says of a route that it leads to a service, and not only from HTTP to HTTPS.
func isShown(r *model.Route) bool {
	return r.Serves || r.TLS || !r.RedirectsToScheme()
}

func hostID(host string) string { return "host " + host }

// hostsOf returns the hosts of a route in lower case.
func hostsOf(r *model.Route) []string {
	var hosts []string
	have := map[string]bool{}
	for _, host := range r.Matcher.Hosts() {
		if host = strings.ToLower(host); !have[host] {
			have[host] = true
			hosts = append(hosts, host)
		}
	}
	if len(hosts) == 0 {
		return []string{anyHost}
	}
	return hosts
}

// proxyTitle returns what is known of the proxy.
func proxyTitle(d *model.Deployment) string {
	name := "Traefik"
	if s := d.Proxy.Service; s != nil {
		name = s.Name + ": " + description(s)
	} else if p := d.Routes[0].Provider; p != "docker" && p != "file" {
		name = productNames()[p]
	}
	if d.Proxy.EntryPoint != "" {
		name += ", entry point " + d.Proxy.EntryPoint
	}
	return name
}

// backend returns the node that a route leads to: a container, or an address outside of the deployment.
func (b *builder) backend(to model.Backend) string {
	if to.Service != nil {
		return b.serviceID(to.Service)
	}
	if s := b.serviceAt(nil, to.Host); s != nil && len(b.parts) > 1 {
		return b.serviceID(s) // in another folder
	}
	return b.node(Node{ID: "outside " + to.Host, Kind: Outside, Name: to.Host, Detail: "elsewhere"})
}

// longLabel is from how many characters on the paths of a route are counted: the expressions for workers would cover the picture.
const longLabel = 160

func counted(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.Itoa(n) + " " + word + "s"
}

// paths returns what a route takes of a host: the paths of its rule, or, where these cannot be read, those of Matrix that it answers.
func paths(d *model.Deployment, r *model.Route, host string) []string {
	if conditions, readable := route.Paths(r.Matcher); readable {
		if len(conditions) == 0 {
			return []string{"every path"}
		}
		if n := len(strings.Join(conditions, "")); n > longLabel {
			return []string{counted(len(conditions), "pattern")}
		}
		return conditions
	}
	takes := func(path string) bool {
		routes, _ := d.Answering(model.Request{Host: host, Path: path, Method: "GET"})
		return len(routes) > 0 && routes[0] == r
	}
	var answered []string
	examples := examplePaths()
	for _, path := range examples {
		if takes(path) {
			answered = append(answered, path)
		}
	}
	switch rest := takes("/x"); { // a path that nothing of Matrix has
	case rest && len(answered) == len(examples):
		return []string{"every path"}
	case rest || len(answered) == 0:
		return []string{"other paths"}
	}
	return answered
}

// examplePaths returns what a route is asked about: a path of each kind that a proxy may send elsewhere, and the root.
func examplePaths() []string {
	kinds := matrix.FirstOf(matrix.ClientCalls, matrix.CompatCalls, matrix.FederationCalls, matrix.RendezvousCalls)
	return slices.Concat(kinds, matrix.TextsOf(matrix.DocumentCalls), []string{"/"})
}

// published adds the ports of the machine that lead to a service.
func (b *builder) published(s *model.Service) {
	ports := s.Node.Get("ports")
	if ports == nil {
		return
	}
	for _, item := range ports.Items {
		text, known := publishedText(item)
		if !known {
			continue
		}
		n := Node{ID: openPorts, Kind: Host, Name: "ports of the machine", Detail: "published by Docker"}
		if strings.HasPrefix(text, "127.") || strings.HasPrefix(text, "[::1]") || strings.HasPrefix(text, "::1:") {
			n = Node{ID: localPorts, Kind: Host, Name: "ports on localhost", Detail: "for programs of the machine alone"}
		}
		b.connect(b.node(n), b.serviceID(s), Traffic, text)
	}
}

// publishedText returns a published port in the short form.
func publishedText(item *model.Node) (text string, known bool) {
	if item.Kind != model.Map {
		return item.Literal()
	}
	var parts []string
	for _, key := range []string{"host_ip", "published", "target"} {
		if part, ok := item.Get(key).Literal(); ok {
			parts = append(parts, part)
		}
	}
	text = strings.Join(parts, ":")
	if protocol, ok := item.Get("protocol").Literal(); ok && protocol != "tcp" {
		text += "/" + protocol
	}
	return text, len(parts) > 0
}
