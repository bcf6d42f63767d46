package graph

import (
	"net/url"
	"strings"

	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// databases adds where Synapse and MAS keep their data.
func (b *builder) databases() {
	d := b.deployment
	synapse, mas := b.reader(d.Synapse, "synapse"), b.reader(d.MAS, "mas")
	args := d.Synapse.At("database", "args")
	b.store(synapse, args.Get("host"), args.Get("port"), firstKnown(args.Get("dbname"), args.Get("database")))
	if redis := d.Synapse.At("redis"); redis.Get("enabled").True() {
		b.store(synapse, redis.Get("host"), redis.Get("port"), "")
	}
	b.workers(synapse)
	if own := matrix.PocketIDDatabase(d); own != nil {
		name, _ := own.Name.Literal()
		b.store(b.serviceID(own.Service), own.Host, own.Port, name)
	}
	database := d.MAS.At("database")
	if uri := database.Get("uri"); uri != nil {
		b.storeAt(mas, uri)
		return
	}
	b.store(mas, database.Get("host"), database.Get("port"), firstKnown(database.Get("database")))
}

// storeAt is store for the URI of a database. Of one that is not known whole, such as one with a reference for the password, the host counts
// if a service has its name.
func (b *builder) storeAt(from string, uri *model.Node) {
	text := func(value string) *model.Node {
		return &model.Node{Kind: model.String, Text: value, Unknown: value == ""}
	}
	if uri.Unknown {
		if match := mentioned().FindStringSubmatch(uri.Text); match != nil && b.named(from, match[2]) != "" {
			b.store(from, text(match[2]), text(match[3]), "")
		}
		return
	}
	if u, err := url.Parse(uri.Text); err == nil && u.Hostname() != "" {
		b.store(from, text(u.Hostname()), text(u.Port()), strings.TrimPrefix(u.Path, "/"))
	}
}

// store connects a service with its database: a service of the deployment, or one elsewhere.
func (b *builder) store(from string, host, port *model.Node, name string) {
	server, known := host.Literal()
	if !known || server == "" || strings.HasPrefix(server, "/") || from == "" || b.isChart(server) {
		return
	}
	to := b.named(from, server)
	if to == "" {
		to = b.node(Node{ID: "outside " + server, Kind: Outside, Name: server, Detail: "database elsewhere"})
	} else if n := b.graph.Node(to); n != nil { // none: behind the proxy, which knows where the database is
		n.Kind = Store
	}
	if name != "" {
		name = "database " + name
	}
	b.connect(from, to, Database, name, labelled("port", port))
}

// isChart reports whether a server is one that the chart runs: cluster adds these.
func (b *builder) isChart(server string) bool {
	return b.chart() != nil && strings.HasSuffix(server, ".svc.cluster.local") && (strings.Contains(server, "-postgres.") || strings.Contains(server, "-redis."))
}
