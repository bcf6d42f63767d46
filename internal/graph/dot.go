package graph

import (
	"fmt"
	"strings"
)

// dotWidth is how many characters of a label are in a line.
const dotWidth = 44

// DOT returns the graph in the language of Graphviz.
func (g *Graph) DOT() string {
	var b strings.Builder
	slugs := g.slugs()
	fmt.Fprintf(&b, `digraph {
  label=<<b>%s</b>>
  labelloc=t
  rankdir=LR
  ranksep=0.9
  fontname="Helvetica"
  node [fontname="Helvetica", fontsize=12, shape=box, style="rounded,filled", fillcolor="#f6f8fa", color="#8c959f"]
  edge [fontname="Helvetica", fontsize=10, arrowsize=0.7]
`, xmlEscape(g.Title))
	for _, group := range g.Groups {
		fmt.Fprintf(&b, "  subgraph cluster_%s {\n    label=<%s>\n    style=rounded\n    color=\"#8c959f\"\n    fontsize=11\n", slugs["group "+group.ID], xmlEscape(group.Title))
		for _, n := range g.Nodes {
			if n.Group == group.ID {
				fmt.Fprintf(&b, "    %s\n", dotNode(slugs[n.ID], n))
			}
		}
		b.WriteString("  }\n")
	}
	for _, n := range g.Nodes {
		if n.Group == "" {
			fmt.Fprintf(&b, "  %s\n", dotNode(slugs[n.ID], n))
		}
	}
	for _, e := range g.Edges {
		fmt.Fprintf(&b, "  %s -> %s [%s]\n", slugs[e.From], slugs[e.To], dotStyle(e))
	}
	b.WriteString("}\n")
	return b.String()
}

func dotNode(slug string, n Node) string {
	var names []string
	for _, line := range wrap([]string{n.Name}, dotWidth) {
		names = append(names, "<b>"+xmlEscape(line)+"</b>")
	}
	label := strings.Join(names, "<br/>")
	for _, line := range wrap([]string{n.Detail}, dotWidth) {
		label += `<br/><font point-size="10">` + xmlEscape(line) + "</font>"
	}
	shape := ""
	switch n.Kind {
	case Store:
		shape = ", shape=cylinder, style=filled"
	case Outside, Caller:
		shape = `, style="rounded,dashed"`
	}
	return fmt.Sprintf("%s [label=<%s>%s]", slug, label, shape)
}

// dotStyle returns the attributes of an edge.
func dotStyle(e Edge) string {
	s := e.Kind.style()
	attributes := fmt.Sprintf(`color="%s", fontcolor="%s", penwidth=%s`, s.between, s.light, s.width)
	switch e.Kind {
	case Database, SignIn:
		attributes += ", style=dashed"
	case Secret:
		attributes += ", style=dotted, dir=none"
	}
	if lines := wrap(e.Labels, dotWidth); len(lines) > 0 {
		for i := range lines {
			lines[i] = xmlEscape(lines[i])
		}
		attributes += fmt.Sprintf(`, label=<%s<br align="left"/>>`, strings.Join(lines, `<br align="left"/>`))
	}
	return attributes
}

// xmlEscape returns a text as it stands in XML, and in the labels of Graphviz that are like HTML.
func xmlEscape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;").Replace(text)
}
