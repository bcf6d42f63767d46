package graph

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// callers adds who comes from outside: users to every host, other homeservers to those where they find this one.
func (b *builder) callers() {
	apex := b.apexElsewhere()
	var hosts []string
	for _, n := range b.graph.Nodes {
		if n.Kind == Host && n.ID != localPorts {
			hosts = append(hosts, n.ID)
		}
	}
	if len(hosts) == 0 {
		return
	}
	users := b.node(Node{ID: "caller users", Kind: Caller, Name: "Users", Detail: "apps and browsers"})
	for _, host := range hosts {
		b.connect(users, host, Traffic)
	}
	if isUntold := b.deployment.Synapse == nil && b.chart() != nil; !isUntold && !matrix.ServesFederation(b.deployment.Synapse) {
		return
	}
	others := Node{ID: "caller servers", Kind: Caller, Name: "Other homeservers", Detail: "federation"}
	if allowed := b.deployment.Synapse.At("federation_domain_whitelist"); allowed != nil && len(allowed.Items) > 0 {
		others.Detail = "federation with " + strings.Join(texts(allowed), ", ")
	}
	for _, id := range hosts {
		if id == apex || b.federates(strings.TrimPrefix(id, "host ")) {
			b.connect(b.node(others), id, Traffic)
		}
	}
}

// federates reports whether other homeservers come to a host.
func (b *builder) federates(host string) bool {
	if chart := b.chart(); chart != nil {
		return host == strings.ToLower(firstKnown(chart.At("synapse", "ingress", "host"))) || host == strings.ToLower(firstKnown(chart.At("serverName")))
	}
	if matrix.NamesPort(b.deployment.Synapse) {
		return host == b.serverHost() // at that port, and nowhere else
	}
	federation := b.answers(host, "/_matrix/federation/v1/version")
	return federation != nil && federation.Product == "synapse" || host == b.serverHost() && b.answers(host, "/.well-known/matrix/server") != nil
}

// serverHost returns the host of the server name, or "".
func (b *builder) serverHost() string {
	name, _ := b.deployment.Synapse.At("server_name").Literal()
	host, _, _ := strings.Cut(strings.ToLower(name), ":")
	return host
}

// answers returns the service that answers a request at a public host, or nil.
func (b *builder) answers(host, path string) *model.Service {
	routes, _ := b.deployment.Answering(model.Request{Host: host, Path: path, Method: "GET"})
	if len(routes) == 0 || len(routes[0].Backends) == 0 {
		return nil
	}
	return routes[0].Backends[0].Service
}

// apexElsewhere adds the host of the server name, if another web server answers there for the well-known documents. It returns the node, or "".
func (b *builder) apexElsewhere() string {
	d, host := b.deployment, b.serverHost()
	if host == "" || len(d.Routes) == 0 || b.graph.Node(hostID(host)) != nil {
		return ""
	}
	if routes, whole := d.Answering(model.Request{Host: host, Path: "/.well-known/matrix/client", Method: "GET"}); len(routes) > 0 || !whole {
		return ""
	}
	return b.node(Node{ID: hostID(host), Kind: Host, Name: host, Detail: "another web server, for /.well-known/matrix/"})
}
