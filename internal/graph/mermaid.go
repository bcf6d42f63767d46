package graph

import (
	"fmt"
	"strings"
)

// Mermaid refuses more: maxTextSize and maxEdges of https://mermaid.js.org/config/schema-docs/config.html, which GitHub leaves as they are.
const (
	mermaidText  = 50_000
	mermaidEdges = 500
)

// mermaidWidth is how many characters of a label are in a line.
const mermaidWidth = 30

// Mermaid returns the graph as a flowchart of Mermaid. A graph that is larger than Mermaid draws has no labels at its lines, and at last only
// those lines that it draws.
func (g *Graph) Mermaid() string {
	text := g.mermaid(true)
	if len(text) > mermaidText {
		text = g.mermaid(false)
	}
	return text
}

func (g *Graph) mermaid(labels bool) string {
	var b strings.Builder
	slugs := g.slugs()
	b.WriteString("flowchart LR\n")
	for _, group := range g.Groups {
		fmt.Fprintf(&b, "  subgraph %s[\"%s\"]\n", slugs["group "+group.ID], mermaidEscape(group.Title))
		for _, n := range g.Nodes {
			if n.Group == group.ID {
				fmt.Fprintf(&b, "    %s\n", mermaidNode(slugs[n.ID], n))
			}
		}
		b.WriteString("  end\n")
	}
	for _, n := range g.Nodes {
		if n.Group == "" {
			fmt.Fprintf(&b, "  %s\n", mermaidNode(slugs[n.ID], n))
		}
	}
	drawn := map[EdgeKind][]string{}
	for i, e := range g.Edges {
		if i == mermaidEdges {
			break
		}
		label := ""
		if labels && len(e.Labels) > 0 {
			label = fmt.Sprintf("|\"%s\"|", mermaidLines(wrap(e.Labels, mermaidWidth)))
		}
		fmt.Fprintf(&b, "  %s %s%s %s\n", slugs[e.From], mermaidArrow(e.Kind), label, slugs[e.To])
		drawn[e.Kind] = append(drawn[e.Kind], fmt.Sprint(i))
	}
	for _, kind := range g.kinds() {
		s := kind.style()
		fmt.Fprintf(&b, "  linkStyle %s stroke:%s,stroke-width:%spx", strings.Join(drawn[kind], ","), s.between, s.width)
		if s.dash != "" {
			fmt.Fprintf(&b, ",stroke-dasharray:%s", s.dash)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// mermaidNode returns a node in the shape of its kind.
func mermaidNode(slug string, n Node) string {
	label := "<b>" + mermaidLines(wrap([]string{n.Name}, mermaidWidth)) + "</b>"
	if n.Detail != "" {
		label += "<br/>" + mermaidLines(wrap([]string{n.Detail}, mermaidWidth))
	}
	shape := map[NodeKind][2]string{Caller: {"([", "])"}, Host: {"[", "]"}, Service: {"[", "]"}, Store: {"[(", ")]"}, Outside: {"[[", "]]"}}[n.Kind]
	return fmt.Sprintf("%s%s\"%s\"%s", slug, shape[0], label, shape[1])
}

func mermaidArrow(k EdgeKind) string {
	if k == Secret {
		return "---"
	}
	return "-->"
}

func mermaidLines(lines []string) string {
	for i := range lines {
		lines[i] = mermaidEscape(lines[i])
	}
	return strings.Join(lines, "<br/>")
}

// mermaidEscape returns a text that Mermaid shows as it is: quotes end a label, # begins a character by its number, the rest is HTML and Markdown
// to it, and two dollars are a formula.
func mermaidEscape(text string) string {
	var b strings.Builder
	for _, r := range strings.ReplaceAll(text, "$$", "$ $") {
		if strings.ContainsRune("\"#&<>`\\", r) {
			fmt.Fprintf(&b, "#%d;", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
