// Package move says how a server gets from one machine, where Compose runs it, into a cluster, where Element's chart does, or from there to a machine: what is
// copied, in which order, when the server is down, and until when there is a way back.
package move

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Step is one of the steps, in their order.
type Step struct {
	Title string
	// Down says that nobody reaches the server while it is done.
	Down bool
	// Text says what has to be known.
	Text string
	// Commands are for a shell on the machine that also reaches the cluster; none where there is nothing to type.
	Commands []string
}

// IntoCluster reports whether a stack moves from Compose into a cluster.
func IntoCluster(before, after *model.Deployment) bool {
	return onMachine(before) && inCluster(after)
}

// OutOfCluster reports whether a stack moves from a cluster to a machine with Compose.
func OutOfCluster(before, after *model.Deployment) bool {
	return inCluster(before) && onMachine(after)
}

func onMachine(d *model.Deployment) bool { return len(d.Services) > 0 && !d.InCluster() }
func inCluster(d *model.Deployment) bool { return len(d.Services) == 0 && d.InCluster() }

// Steps returns those of a move, or nil if it is none. https://github.com/element-hq/ess-helm/blob/main/docs/maintenance.md
func Steps(before, after *model.Deployment) []Step {
	switch {
	case IntoCluster(before, after):
		return newMover(before, after).into()
	case OutOfCluster(before, after):
		return newMover(after, before).outOf()
	}
	return nil
}

// into returns the steps into a cluster.
func (m *mover) into() []Step {
	m.databases = []database{
		{"Synapse", m.onMachine(matrix.SynapseDatabase(m.machine)), m.inCluster("synapse")},
		{"MAS", m.onMachine(matrix.MASDatabase(m.machine)), m.inCluster("matrixAuthenticationService")},
	}
	steps := []Step{m.prepare()}
	if m.shares() {
		steps = append(steps, m.stop(), m.deploy(), m.media(true))
	} else {
		steps = append(steps, m.deploy(), m.media(false), m.stop(), m.newMedia())
	}
	if m.copies() {
		steps = append(steps, m.empty(), m.copy(), m.start())
	}
	return append(steps, m.lead(), m.end())
}

// mover knows both sides of a move.
type mover struct {
	machine, cluster *model.Deployment
	// values are what the chart is told.
	values    *model.Node
	databases []database
}

func newMover(machine, cluster *model.Deployment) *mover {
	return &mover{machine: machine, cluster: cluster, values: cluster.Document("kubernetes/values.yaml").Root}
}

// database is one that moves, or stays where it is.
type database struct {
	product  string
	from, to place
}

// place is where a database is. Without a host it is in the stack: in a service of Compose, or in the Postgres of the chart.
type place struct{ host, port, service, user, name string }

// dumped is the command that prints a database outside of the stack, without its owners.
func (p place) dumped() string {
	return fmt.Sprintf("pg_dump -h %s -p %s -U %s --no-owner --no-privileges %s", p.host, orDefault(p.port), p.user, p.name)
}

// filled is the command that takes one in there; whoever runs it owns all of it.
func (p place) filled() string {
	return fmt.Sprintf("psql -h %s -p %s -U %s -d %s", p.host, orDefault(p.port), p.user, p.name)
}

// onMachine returns where a product has its database on the machine.
func (m *mover) onMachine(access *matrix.DatabaseAccess) place {
	if access == nil {
		return place{}
	}
	p := place{host: literal(access.Host), port: literal(access.Port), user: literal(access.User), name: literal(access.Name)}
	if server := access.Server(m.machine); server != nil {
		p.host, p.service = "", server.Name
	}
	return p
}

// inCluster returns where a product has its database in the cluster. section is what the chart calls the product.
func (m *mover) inCluster(section string) place {
	if own := m.values.At(section, "postgres"); own != nil {
		return place{host: literal(own.Get("host")), port: literal(own.Get("port")), user: literal(own.Get("user")), name: literal(own.Get("database"))}
	}
	name := strings.ToLower(section) // https://github.com/element-hq/ess-helm/blob/main/charts/matrix-stack/configs/postgres/configure-dbs.sh.tpl
	return place{name: name, user: name + "_user"}
}

func literal(n *model.Node) string {
	text, _ := n.Literal()
	return text
}

// stays reports whether a database is the same on both sides.
func (d database) stays() bool {
	return d.from.host != "" && d.from.host == d.to.host && d.from.name == d.to.name
}

// shares reports whether both sides have a database in common: then they must not run at the same time.
func (m *mover) shares() bool { return slices.ContainsFunc(m.databases, database.stays) }

// copies reports whether there is a database to be copied.
func (m *mover) copies() bool {
	return slices.ContainsFunc(m.databases, func(d database) bool { return !d.stays() })
}

// release is what the chart's release is called, and namespace where it is.
func (m *mover) release() string {
	return strings.TrimSuffix(literal(m.values.At("synapse", "signingKey", "secret")), "-secrets")
}

func (m *mover) namespace() string {
	if doc := m.cluster.Document("kubernetes/namespace.yaml"); doc != nil {
		return literal(doc.Root.At("metadata", "name"))
	}
	return m.release()
}

func (m *mover) kubectl(format string, arguments ...any) string {
	return fmt.Sprintf("kubectl --namespace %s ", m.namespace()) + fmt.Sprintf(format, arguments...)
}

// hosts are those whose records lead to the cluster in the end.
func (m *mover) hosts() string {
	var hosts []string
	for _, component := range []string{"synapse", "matrixAuthenticationService", "elementWeb", "matrixRTC", "elementAdmin"} {
		if host := literal(m.values.At(component, "ingress", "host")); host != "" {
			hosts = append(hosts, host)
		}
	}
	if !m.values.At("wellKnownDelegation", "enabled").False() {
		hosts = append(hosts, strings.Split(literal(m.values.Get("serverName")), ":")[0])
	}
	return strings.Join(hosts, ", ")
}

// writers are the services of the machine that write into the databases: Synapse with its workers, and MAS.
func (m *mover) writers() string {
	var names []string
	for _, product := range []string{"synapse", "mas"} {
		for _, s := range m.machine.Of(product) {
			if !isJob(s) {
				names = append(names, s.Name)
			}
		}
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// isJob reports whether a service runs once and ends.
func isJob(s *model.Service) bool {
	return s.Node.Get("restart").Is("no") || s.Node.Get("profiles").IsSet()
}
