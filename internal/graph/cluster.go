package graph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// cluster is what Element's chart makes of its values: the hosts of the ingress controller, and the services behind them.
// https://github.com/element-hq/ess-helm/tree/main/charts/matrix-stack/templates
type cluster struct {
	*builder
	chart *model.Chart
	// release is what begins the names of the services, or "" if the files do not say it.
	release string
	// pods is the frame around the services.
	pods string
}

// chart returns Element's chart as a deployment uses it, or nil: what others wrote says it, and so do the values that are generated.
func (b *builder) chart() *model.Chart {
	if b.deployment.Chart != nil {
		return b.deployment.Chart
	}
	if doc := b.deployment.Document("kubernetes/values.yaml"); doc != nil && b.deployment.InCluster() {
		return &model.Chart{Documents: []*model.Document{doc}, Root: doc.Root}
	}
	return nil
}

// cluster adds what a cluster runs.
func (b *builder) cluster() {
	chart := b.chart()
	if chart == nil {
		return
	}
	c := &cluster{builder: b, chart: chart}
	namespace := ""
	if doc := b.deployment.Document("kubernetes/namespace.yaml"); doc != nil {
		namespace = firstKnown(doc.Root.At("metadata", "name"))
		c.release = strings.TrimSuffix(firstKnown(chart.At("synapse", "signingKey", "secret")), "-secrets")
	}
	c.ingresses()
	c.pods = b.group("networks cluster", strings.TrimSpace("namespace "+namespace))
	if namespace == "" {
		c.pods = b.group("networks cluster", "the cluster")
	}
	c.homeserver()
	c.accounts()
	c.client()
	c.rtc()
	c.wellKnown()
	c.stores()
}

// pod adds the node of what the chart calls by a name, and returns it. id is that of the configuration that it reads, or "".
func (c *cluster) pod(id, name, product, version string) string {
	n := Node{ID: id, Kind: Service, Name: product, Detail: version, Group: c.pods}
	if id == "" {
		n.ID = "cluster " + name
	}
	if c.release != "" {
		n.Name, n.Detail = c.release+"-"+name, strings.TrimSpace(product+" "+version)
	}
	return c.node(n)
}

// tag returns the version of a component, if the values say it.
func (c *cluster) tag(component string) string {
	return strings.TrimPrefix(firstKnown(c.chart.At(component, "image", "tag")), "v")
}

// ingress adds a host of the ingress controller, and returns it; "" if it is not known.
func (c *cluster) ingress(host *model.Node) string {
	name := strings.ToLower(firstKnown(host))
	if name == "" {
		return ""
	}
	return c.node(Node{ID: hostID(name), Kind: Host, Name: name, Group: c.ingresses()})
}

// ingresses returns the frame around the hosts of the ingress controller.
func (c *cluster) ingresses() string {
	title := "ingress controller"
	if class := firstKnown(c.chart.At("ingress", "className")); class != "" {
		title += " of the class " + class
	}
	return c.group("ingress", title)
}

// runs reports whether the chart runs a component that has a host of its own, and returns the host.
func (c *cluster) runs(component string) (string, bool) {
	if c.chart.Runs(component) != model.Yes {
		return "", false
	}
	host := c.ingress(c.chart.At(component, "ingress", "host"))
	return host, host != ""
}

func (c *cluster) accounts() {
	host, on := c.runs("matrixAuthenticationService")
	if !on {
		return
	}
	mas := c.pod("configuration mas", "matrix-authentication-service", "MAS", c.tag("matrixAuthenticationService"))
	c.connect(host, mas, Traffic, "every path", "port 8080")
	// Until the accounts have moved to MAS, Synapse has the logins.
	if synapse, both := c.runs("synapse"); both && c.chart.At("matrixAuthenticationService", "syn2mas", "enabled").Bool(false) == model.No {
		c.connect(synapse, mas, Traffic, "/_matrix/client/*/(login|logout|refresh)", "port 8080")
		c.connect("configuration synapse", mas, Call, "checks access tokens", "port 8080")
		c.connect(mas, "configuration synapse", Call, "makes users and devices", "port 8008")
	}
}

func (c *cluster) homeserver() {
	host, on := c.runs("synapse")
	if !on {
		return
	}
	haproxy := c.pod("", "haproxy", "HAProxy", c.tag("haproxy"))
	synapse := c.pod("configuration synapse", "synapse-main", "Synapse", c.tag("synapse"))
	c.connect(host, haproxy, Traffic, "/_matrix/*, /_synapse/*", "port 8008")
	c.connect(haproxy, synapse, Call, "port 8008")
	if kinds := c.workers(); len(kinds) > 0 {
		workers := c.node(Node{ID: "cluster workers", Kind: Service, Name: "workers of Synapse", Detail: strings.Join(kinds, ", "), Group: c.pods})
		c.connect(haproxy, workers, Call, "port 8008")
		c.connect(workers, synapse, Call, "replication, port 9093")
		if !c.chart.At("synapse", "redis").IsSet() {
			redis := c.pod("", "redis", "Redis", c.tag("redis"))
			c.graph.Node(redis).Kind = Store
			c.connect(synapse, redis, Database, "port 6379")
			c.connect(workers, redis, Database, "port 6379")
		}
	}
}

// workers returns the kinds of workers that run, with how many.
func (c *cluster) workers() []string {
	var kinds []string
	for _, f := range c.chart.At("synapse", "workers").Entries() {
		if !f.Value.Get("enabled").True() {
			continue
		}
		kind := f.Key
		if n := firstKnown(f.Value.Get("replicas")); n != "" && n != "1" {
			kind = fmt.Sprintf("%s ×%s", kind, n)
		}
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	return kinds
}

func (c *cluster) client() {
	if host, on := c.runs("elementWeb"); on {
		c.connect(host, c.pod("configuration element", "element-web", "Element Web", c.tag("elementWeb")), Traffic, "every path", "port 80")
	}
	if host, on := c.runs("elementAdmin"); on {
		c.connect(host, c.pod("", "element-admin", "Element Admin", c.tag("elementAdmin")), Traffic, "every path", "port 8080")
	}
}

// rtc adds what calls are made by, and the ports of nodes at which they are let in.
func (c *cluster) rtc() {
	host, on := c.runs("matrixRTC")
	if !on {
		return
	}
	permits := c.pod("", "matrix-rtc-authorisation-service", "lk-jwt-service", c.tag("matrixRTC"))
	c.connect(host, permits, Traffic, "/sfu/get, /get_token, /delegate_delayed_leave", "port 8080")
	if c.chart.At("matrixRTC", "sfu", "enabled").False() {
		return
	}
	sfu := c.pod("", "matrix-rtc-sfu", "LiveKit", strings.TrimPrefix(firstKnown(c.chart.At("matrixRTC", "sfu", "image", "tag")), "v"))
	c.connect(host, sfu, Traffic, "other paths", "port 7880")
	for _, exposed := range [][2]string{{"rtcTcp", "tcp"}, {"rtcMuxedUdp", "udp"}, {"turn", "udp"}, {"turnTLS", "tcp"}} {
		service := c.chart.At("matrixRTC", "sfu", "exposedServices", exposed[0])
		if port := firstKnown(service.Get("port")); port != "" && !service.Get("enabled").False() {
			nodes := c.node(Node{ID: openPorts, Kind: Host, Name: "ports of the nodes", Detail: "past the ingress controller"})
			c.connect(nodes, sfu, Traffic, port+"/"+exposed[1])
		}
	}
}

// wellKnown adds the host of the server name: the chart, or another web server, has the documents there.
func (c *cluster) wellKnown() {
	name := strings.ToLower(strings.Split(firstKnown(c.chart.At("serverName")), ":")[0])
	switch enabled := c.chart.At("wellKnownDelegation", "enabled"); {
	case name == "" || enabled.IsSet() && !enabled.True() && !enabled.False():
	case enabled.False():
		c.node(Node{ID: hostID(name), Kind: Host, Name: name, Detail: "another web server, for /.well-known/matrix/"})
	default:
		host := c.ingress(&model.Node{Kind: model.String, Text: name})
		c.connect(host, c.pod("", "haproxy", "HAProxy", c.tag("haproxy")), Traffic, "/.well-known/matrix/*", "port 8010")
	}
}

// stores adds the databases: those that the values name, and the Postgres of the chart for who has none.
func (c *cluster) stores() {
	for _, product := range [][3]string{{"synapse", "configuration synapse", "synapse"}, {"matrixAuthenticationService", "configuration mas", "matrixauthenticationservice"}} {
		if c.chart.Runs(product[0]) != model.Yes || c.graph.Node(product[1]) == nil {
			continue
		}
		if own := c.chart.At(product[0], "postgres"); own.IsSet() {
			c.store(product[1], own.Get("host"), own.Get("port"), firstKnown(own.Get("database")))
			continue
		}
		if enabled := c.chart.At("postgres", "enabled"); !enabled.IsSet() || enabled.True() {
			postgres := c.pod("", "postgres", "Postgres", c.tag("postgres"))
			c.graph.Node(postgres).Kind = Store
			c.connect(product[1], postgres, Database, "database "+product[2], "port 5432")
		}
	}
}
