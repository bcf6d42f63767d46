package graph

import (
	"net"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// calls adds what services ask of each other.
func (b *builder) calls() {
	d := b.deployment
	synapse, mas := b.reader(d.Synapse, "synapse"), b.reader(d.MAS, "mas")
	switch matrix.DelegationOf(d.Synapse) {
	case matrix.Delegated:
		endpoint := d.Synapse.At("matrix_authentication_service", "endpoint")
		b.connect(synapse, b.address(synapse, endpoint, mas), Call, "checks access tokens", urlPort(endpoint))
	case matrix.DelegatedByMSC3861:
		b.connect(synapse, mas, Call, "checks access tokens")
	}
	if endpoint := d.MAS.At("matrix", "endpoint"); endpoint != nil {
		b.connect(mas, b.address(mas, endpoint, synapse), Call, "makes users and devices", urlPort(endpoint))
	}
	b.mail(mas, d.MAS.At("email", "hostname"), d.MAS.At("email", "port"))
	b.mail(synapse, d.Synapse.At("email", "smtp_host"), d.Synapse.At("email", "smtp_port"))
	b.bridges(synapse)
	for _, s := range d.Services {
		if !b.isConfigured(s) && !b.isFrame(s) {
			b.mentions(s)
		}
	}
}

// isConfigured says of a service that its configuration is read key by key elsewhere, so that addresses in it need no guessing.
func (b *builder) isConfigured(s *model.Service) bool {
	d := b.deployment
	for _, c := range []*model.Configuration{d.Synapse, d.MAS, d.Element} {
		if c != nil && c.Service == s {
			return true
		}
	}
	return s.Product == "traefik" || s.Product == "pocket-id"
}

// bridges adds whom bridges ask, and what Synapse tells application services: where their registrations say, or the bridges themselves, whose registrations
// may be secrets.
func (b *builder) bridges(synapse string) {
	var addresses []*model.Node
	for _, r := range matrix.Registrations(b.deployment) {
		addresses = append(addresses, r.Root.Get("url"))
	}
	for _, own := range matrix.Bridges(b.deployment) {
		addresses = append(addresses, own.Root.At("appservice", "address"))
		if own.Service != nil {
			b.mention(own.Service, own.Root)
		}
	}
	for _, address := range addresses {
		text, known := address.Literal()
		if u, err := url.Parse(text); synapse != "" && known && err == nil {
			b.connect(synapse, b.named(synapse, strings.ToLower(u.Hostname())), Call, "sends events", urlPort(address))
		}
	}
}

// mail adds the line from a service to its mail server.
func (b *builder) mail(from string, host, port *model.Node) {
	if from != "" {
		b.connect(from, b.mailServer(from, host), Call, "mail", labelled("port", port))
	}
}

// mailServer returns the node of the mail server of another node, or "".
func (b *builder) mailServer(from string, host *model.Node) string {
	name, known := host.Literal()
	if !known || name == "" {
		return ""
	}
	if id := b.named(from, name); id != "" {
		return id
	}
	return b.node(Node{ID: "outside " + strings.ToLower(name), Kind: Outside, Name: name, Detail: "mail server"})
}

// address returns the node that another one finds at a URL; if that is not known, the one that it has to be.
func (b *builder) address(from string, n *model.Node, otherwise string) string {
	text, known := n.Literal()
	u, err := url.Parse(text)
	if !known || err != nil || u.Hostname() == "" {
		return otherwise
	}
	host := strings.ToLower(u.Hostname())
	if id := b.named(from, host); id != "" {
		return id
	}
	if s := b.answers(host, u.Path); s != nil {
		return b.serviceID(s)
	}
	if otherwise != "" {
		return otherwise
	}
	return b.node(Node{ID: "outside " + host, Kind: Outside, Name: host, Detail: "elsewhere"})
}

// urlPort returns the port of a URL as a label: that which stands there.
func urlPort(n *model.Node) string {
	text, _ := n.Literal()
	if u, err := url.Parse(text); err == nil && u.Port() != "" {
		return "port " + u.Port()
	}
	return ""
}

// mentioned finds URLs in a text; what stands before an @ is left out.
var mentioned = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`([a-z][a-z0-9+.-]*)://(?:[^/\s"']*@)?([A-Za-z0-9._-]+)(?::(\d+))?`)
})

// soundsLikeHost matches the names of variables that hold a host: POSTGRES_DB=synapse does not lead to a service of that name.
var soundsLikeHost = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(?:host|hostname|addr|address|server|endpoint|upstream|url|uri)$`)
})

// mentions adds a line to every service that another one has the address of, in a variable or in a file of its own.
func (b *builder) mentions(s *model.Service) {
	for _, v := range s.Environment {
		b.mention(s, v.Value)
		if !soundsLikeHost().MatchString(v.Name) {
			continue // of thousands of variables few are
		}
		text, _ := v.Value.Literal()
		address, _, _ := strings.Cut(text, "/") // a database may follow
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			host, port = address, ""
		}
		if to := b.serviceAt(s, host); to != nil && to != s {
			b.reach(s, to, "", port)
		}
	}
	b.mention(s, s.Node.Get("command"))
	for _, m := range s.Mounts {
		if m.Document != nil && (m.Document.Kind == model.KindOther || m.Document.Kind == model.KindLiveKit) && m.Document.Format != model.Text {
			b.mention(s, m.Document.Root)
			b.figures(s, m.Document.Root)
		}
	}
}

// figures adds whom a Prometheus asks, and whom it tells: it has their addresses without a scheme.
// Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/
func (b *builder) figures(s *model.Service, root *model.Node) {
	b.targets(s, root.Get("scrape_configs"), "asks for figures")
	b.targets(s, root.At("alerting", "alertmanagers"), "tells alerts")
}

// targets adds the services whose addresses a Prometheus has below static_configs.
func (b *builder) targets(s *model.Service, n *model.Node, label string) {
	for _, job := range items(n) {
		for _, group := range items(job.Get("static_configs")) {
			for _, target := range texts(group.Get("targets")) {
				host, port, err := net.SplitHostPort(target)
				if to := b.serviceAt(s, host); err == nil && to != nil && !b.isFrame(to) {
					b.connect(b.serviceID(s), b.serviceID(to), Call, label, "port "+port)
				}
			}
		}
	}
}

// mention looks for URLs of services in a tree.
func (b *builder) mention(s *model.Service, n *model.Node) {
	if n == nil {
		return
	}
	for _, f := range n.Fields {
		b.mention(s, f.Value)
	}
	for _, item := range n.Items {
		b.mention(s, item)
	}
	for _, match := range mentioned().FindAllStringSubmatch(n.Text, -1) {
		if to := b.serviceAt(s, match[2]); n.Kind == model.String && to != nil && to != s {
			b.reach(s, to, match[1], match[3])
		}
	}
}

// reach adds the line from a service to another whose address it has.
func (b *builder) reach(from, to *model.Service, scheme, port string) {
	kind := Call
	if isStore(to) || strings.HasPrefix(scheme, "postgres") || strings.HasPrefix(scheme, "redis") {
		kind = Database
	}
	label := ""
	if port != "" {
		label = "port " + port
	}
	b.connect(b.serviceID(from), b.serviceID(to), kind, label)
}
