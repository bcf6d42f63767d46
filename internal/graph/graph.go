// Package graph draws a deployment: who talks to whom, by which host and path, who signs users in, and which secret is shared by whom. A
// deployment whose documents and routes are linked becomes one [Graph], and each format of pictures has one file here. Secrets are names;
// no value of one comes near.
package graph

// Graph is a picture before it has a format. The same deployment gives the same graph, in the same order.
type Graph struct {
	// Title is what the picture shows: the server name, or else the name of the deployment.
	Title  string
	Groups []Group
	Nodes  []Node
	Edges  []Edge
}

// Group is a frame around nodes: those that the proxy serves, or those on the same networks.
type Group struct {
	ID, Title string
}

// NodeKind says what a node stands for.
type NodeKind int

// The kinds of nodes, from the users inwards.
const (
	// Caller is whoever comes from outside: users, other homeservers.
	Caller NodeKind = iota
	// Host is where callers knock: a public host name, or the ports that the machine publishes.
	Host
	// Service is a container, or the configuration of a product where no container is to be seen.
	Service
	// Store is a service that keeps data for others: a database, a cache.
	Store
	// Outside is what services use and the deployment does not run.
	Outside
)

// Node is one box of the picture.
type Node struct {
	// ID is unique in the graph and says where the node comes from: "service synapse".
	ID   string
	Kind NodeKind
	// Name and Detail are what people read, Detail in smaller letters; it may be "".
	Name, Detail string
	// Group is the ID of the frame around the node, or "".
	Group string
	// Networks are those of a service, by their keys in the compose file.
	Networks []string
}

// EdgeKind says what an edge stands for.
type EdgeKind int

// The kinds of edges. A secret has no direction.
const (
	// Traffic is what callers ask for: HTTPS by host and path, or a published port.
	Traffic EdgeKind = iota
	// Call is a request of one service to another.
	Call
	// Database is a connection to where the data is.
	Database
	// SignIn leads from who wants to know a user to who signs the user in.
	SignIn
	// Secret connects two who hold the same secret.
	Secret
)

// Edge is one line of the picture. There is at most one of a kind between two nodes in a direction.
type Edge struct {
	From, To string
	Kind     EdgeKind
	// Labels are what stands at the line, in order: paths, a port, a redirect URI, the name of a secret.
	Labels []string
}

// Node returns the node with the ID, or nil.
func (g *Graph) Node(id string) *Node {
	for i := range g.Nodes {
		if g.Nodes[i].ID == id {
			return &g.Nodes[i]
		}
	}
	return nil
}

// Empty reports whether there is nothing to see.
func (g *Graph) Empty() bool { return len(g.Nodes) == 0 }
