package graph

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/route"
)

// Of returns the picture of a linked deployment, or of several that are one server.
func Of(parts ...*model.Deployment) *Graph {
	d := route.Joined(parts)
	b := &builder{deployment: d, parts: parts, graph: &Graph{Title: title(d)}}
	if hosts := countHosts(d); hosts+len(d.Services) > maxBoxes {
		b.node(Node{ID: "too many", Kind: Outside, Name: "too many for a picture", Detail: fmt.Sprintf("%d hosts, %d services", hosts, len(d.Services))})
		return b.graph
	}
	b.hosts()
	b.cluster()
	b.services()
	b.callers()
	b.calls()
	b.databases()
	b.signIns()
	b.secrets()
	b.proxy()
	b.tidy()
	return b.graph
}

// maxBoxes is how many hosts and services a picture has at most. Nobody finds anything in one with more.
const maxBoxes = 500

func countHosts(d *model.Deployment) int {
	hosts := map[string]bool{}
	for i := range d.Routes {
		for _, host := range d.Routes[i].Matcher.Hosts() {
			hosts[strings.ToLower(host)] = true
		}
	}
	return len(hosts)
}

// tidy leaves out what is on no network and that no line touches, such as a container that prepares a volume, and sorts the lines: those of a
// node together, and of these those to the same other node.
func (b *builder) tidy() {
	g := b.graph
	place, touched := map[string]int{}, map[string]bool{}
	for i, n := range g.Nodes {
		place[n.ID] = i
	}
	for i, e := range g.Edges {
		touched[e.From], touched[e.To] = true, true
		if _, found := place[e.From+" "+e.To]; !found {
			place[e.From+" "+e.To] = i
		}
	}
	slices.SortStableFunc(g.Edges, func(a, b Edge) int {
		return cmp.Or(cmp.Compare(place[a.From], place[b.From]), cmp.Compare(place[a.From+" "+a.To], place[b.From+" "+b.To]))
	})
	g.Nodes = slices.DeleteFunc(g.Nodes, func(n Node) bool { return n.Group == noNetwork && !touched[n.ID] })
	g.Groups = slices.DeleteFunc(g.Groups, func(group Group) bool {
		return !slices.ContainsFunc(g.Nodes, func(n Node) bool { return n.Group == group.ID })
	})
}

// title returns the server name, or else the name of the project or of the folder.
func title(d *model.Deployment) string {
	names := []*model.Node{d.Synapse.At("server_name"), d.MAS.At("matrix", "homeserver")}
	for _, doc := range d.Documents {
		if doc.Kind == model.KindCompose {
			names = append(names, doc.Root.Get("name"))
		}
	}
	if d.Name == "." {
		return clean(cmp.Or(firstKnown(names...), "deployment"))
	}
	return clean(cmp.Or(firstKnown(names...), d.Name))
}

// builder collects the graph of one deployment, of one or more parts.
type builder struct {
	deployment *model.Deployment
	parts      []*model.Deployment
	graph      *Graph
}

// node adds a node, unless it is there, and returns its ID.
func (b *builder) node(n Node) string {
	if b.graph.Node(n.ID) == nil {
		n.Name, n.Detail = clean(n.Name), clean(n.Detail)
		b.graph.Nodes = append(b.graph.Nodes, n)
	}
	return n.ID
}

// group adds a group, unless it is there, and returns its ID.
func (b *builder) group(id, title string) string {
	if !slices.ContainsFunc(b.graph.Groups, func(g Group) bool { return g.ID == id }) {
		b.graph.Groups = append(b.graph.Groups, Group{ID: id, Title: clean(title)})
	}
	return id
}

// connect adds an edge, or labels to the one that is there. Nothing leads from a node to itself, or to none.
func (b *builder) connect(from, to string, kind EdgeKind, labels ...string) {
	if from == "" || to == "" || from == to {
		return
	}
	same := func(e Edge) bool {
		return e.Kind == kind && (e.From == from && e.To == to || kind == Secret && e.From == to && e.To == from)
	}
	i := slices.IndexFunc(b.graph.Edges, same)
	if i < 0 {
		i = len(b.graph.Edges)
		b.graph.Edges = append(b.graph.Edges, Edge{From: from, To: to, Kind: kind})
	}
	e := &b.graph.Edges[i]
	for _, label := range labels {
		if label = clean(label); label != "" && !slices.Contains(e.Labels, label) {
			e.Labels = append(e.Labels, label)
		}
	}
	// What several routes to one port have in common stands last.
	slices.SortStableFunc(e.Labels, func(a, b string) int {
		return cmp.Compare(b2i(strings.HasPrefix(a, "port ")), b2i(strings.HasPrefix(b, "port ")))
	})
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// longest is how much of a text a picture shows, in characters.
const longest = 300

// clean returns a text as one line that says nothing but what it shows: without control characters and those that turn the direction of the
// text around, and not longer than a picture has room for.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "�"))
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest-1]) + "…"
	}
	return text
}
