package graph

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// services adds the services, and the configurations that no service reads.
func (b *builder) services() {
	d := b.deployment
	for _, s := range d.Services {
		if !b.isFrame(s) {
			b.service(s)
		}
	}
	for _, c := range []struct {
		product       string
		configuration *model.Configuration
	}{{"synapse", d.Synapse}, {"mas", d.MAS}, {"element", d.Element}} {
		if c.configuration != nil && c.configuration.Service == nil {
			b.node(Node{ID: "configuration " + c.product, Kind: Service, Name: productNames()[c.product], Detail: documentNames(c.configuration)})
		}
	}
}

// isFrame says of a service that the frame around the hosts stands for it.
func (b *builder) isFrame(s *model.Service) bool {
	d := b.deployment
	return d.Proxy != nil && s == d.Proxy.Service && len(d.Routes) > 0
}

// service adds the node of a service, unless it is there.
func (b *builder) service(s *model.Service) {
	n := Node{ID: b.serviceID(s), Kind: Service, Name: s.Name, Detail: description(s)}
	if isStore(s) {
		n.Kind = Store
	}
	for _, a := range s.Networks {
		n.Networks = append(n.Networks, clean(a.Network))
	}
	slices.Sort(n.Networks)
	n.Group = b.networkGroup(s, n.Networks)
	b.node(n)
}

// proxy adds the node of the proxy if a line touches it: routes to its own dashboard, a secret that it shares.
func (b *builder) proxy() {
	for _, s := range b.deployment.Services {
		id := b.serviceID(s)
		if b.isFrame(s) && slices.ContainsFunc(b.graph.Edges, func(e Edge) bool { return e.From == id || e.To == id }) {
			b.service(s)
		}
	}
}

// reader returns the node of who reads a configuration, or "".
func (b *builder) reader(c *model.Configuration, product string) string {
	switch {
	case c == nil:
		return ""
	case c.Service == nil:
		return "configuration " + product
	}
	return b.serviceID(c.Service)
}

func documentNames(c *model.Configuration) string {
	var names []string
	for _, doc := range c.Documents {
		names = append(names, doc.Name)
	}
	return strings.Join(names, ", ")
}

// noNetwork is the group of services that no other reaches.
const noNetwork = "networks none"

// networkGroup returns the frame around the services that are on the same networks.
func (b *builder) networkGroup(s *model.Service, networks []string) string {
	mode, _ := s.Node.Get("network_mode").Literal()
	switch {
	case mode == "none":
		return b.group(noNetwork, "no network")
	case mode != "":
		return b.group("networks mode "+mode+b.folder(s), "network of "+strings.TrimPrefix(strings.Replace(mode, "host", "the machine", 1), "service:"))
	case len(networks) == 0:
		return ""
	}
	title := "network "
	if len(networks) > 1 {
		title = "networks "
	}
	if folder := b.folder(s); folder != "" {
		title = folder + ": " + title
	}
	return b.group("networks "+b.folder(s)+strings.Join(networks, " "), title+strings.Join(networks, ", "))
}

// folder returns the folder of a service if there are several, or "".
func (b *builder) folder(s *model.Service) string {
	if len(b.parts) == 1 {
		return ""
	}
	return b.part(s).Name
}

// productNames are what people call the products.
func productNames() map[string]string {
	return map[string]string{"synapse": "Synapse", "mas": "MAS", "element": "Element Web", "postgres": "Postgres", "traefik": "Traefik",
		"pocket-id": "Pocket ID", "livekit": "LiveKit", "lk-jwt": "lk-jwt-service", "coturn": "coturn", "nginx": "nginx", "caddy": "Caddy", "redis": "Redis"}
}

// description returns what a service runs: the product, or the image, with its version.
func description(s *model.Service) string {
	name := productNames()[s.Product]
	if name == "" {
		name = s.Image.Base()
	}
	switch {
	case s.Node.Get("build") != nil && s.Label("matrixgen.holds") == nil:
		name = "built from source"
	case s.Image.Known && s.Image.Release() != "":
		name += " " + strings.TrimPrefix(s.Image.Release(), "v")
	}
	if s.Inactive {
		name += ", with a profile"
	}
	return name
}

// isStore reports whether a service keeps data for others, by its image.
func isStore(s *model.Service) bool {
	return s.Product == "postgres" || s.Product == "redis" ||
		slices.Contains([]string{"mariadb", "mysql", "mongo", "memcached", "minio", "clickhouse-server", "influxdb", "etcd"}, s.Image.Base())
}
