package graph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// The places in a README that [Fill] fills: schema/readme writes the rest of it, and does not know what the linked documents say.
const (
	picturePlace = "<!-- matrixgen:picture -->"
	hostsPlace   = "<!-- matrixgen:hosts -->"
)

// Fill puts into the README of a linked deployment what is drawn of it: the picture, and the table of the public hosts.
func Fill(d *model.Deployment) {
	doc := d.Document("README.md")
	if doc == nil || doc.Format != model.Text || !strings.Contains(doc.Root.Text, "<!-- matrixgen:") {
		return
	}
	filled := *doc.Root
	filled.Text = filler(d).Replace(filled.Text)
	doc.Root = &filled
}

// filler replaces the places of a README by what is drawn of the deployment.
func filler(d *model.Deployment) *strings.Replacer {
	g := Of(d)
	return strings.NewReplacer(picturePlace, g.markdown(), hostsPlace, hostTable(d, g))
}

// Lines says where the lines of a README that was filled come from: for each the line of the text before, counted from 0, or -1 if it was drawn.
func Lines(d *model.Deployment, before string) []int {
	var lines []int
	draw := filler(d)
	for i, line := range strings.Split(strings.TrimSuffix(before, "\n"), "\n") {
		drawn := draw.Replace(line)
		if drawn == line {
			lines = append(lines, i)
			continue
		}
		for range strings.Count(drawn, "\n") + 1 {
			lines = append(lines, -1)
		}
	}
	return lines
}

// markdown returns the picture as Markdown shows it, and what its lines mean.
func (g *Graph) markdown() string {
	colours := map[EdgeKind]string{Traffic: "blue", Call: "purple", Database: "green", SignIn: "orange", Secret: "pink"}
	var lines []string
	for _, kind := range g.kinds() {
		lines = append(lines, colours[kind]+": "+kind.style().name)
	}
	return "```mermaid\n" + g.Mermaid() + "```\n\nLines: " + strings.Join(lines, "; ") + "."
}

// hostTable returns the hosts of the proxy as a table: certificates, and where requests go.
func hostTable(d *model.Deployment, g *Graph) string {
	var b strings.Builder
	b.WriteString("| host | certificate | requests go to |\n|---|---|---|")
	var published []string
	for _, n := range g.Nodes {
		if n.Kind != Host {
			continue
		}
		var targets []string
		for _, e := range g.Edges {
			if e.From != n.ID {
				continue
			}
			name := markdownCode(g.Node(e.To).Name)
			if n.ID == openPorts && !isProxy(d, g.Node(e.To).Name) {
				published = append(published, markdownCode(strings.Join(e.Labels, ", "))+" ("+name+")")
			}
			ports := slices.DeleteFunc(slices.Clone(e.Labels), func(label string) bool { return !strings.HasPrefix(label, "port ") })
			if len(ports) > 0 {
				name += " " + strings.Join(ports, " and ")
			}
			targets = append(targets, name)
		}
		if n.Group == "proxy" {
			fmt.Fprintf(&b, "\n| %s | %s | %s |", markdownCode(n.Name), certificate(d, n.Name), strings.Join(targets, ", "))
		}
	}
	if len(published) > 0 {
		fmt.Fprintf(&b, "\n\nBesides, Docker publishes ports of the machine, past the proxy: %s.", strings.Join(published, ", "))
	}
	return b.String()
}

// certificate returns where the certificate of a host comes from.
func certificate(d *model.Deployment, host string) string {
	for i := range d.Routes {
		r := &d.Routes[i]
		if !slices.Contains(hostsOf(r), host) || !r.TLS {
			continue
		}
		resolver, known := r.At("tls", "certresolver").Literal()
		switch {
		case known && resolver != "":
			return "by the resolver " + markdownCode(resolver)
		case d.Proxy.Kind == "caddy":
			return "by Caddy itself"
		}
		return "yours"
	}
	// The routes say nothing of TLS: the entry point does.
	if resolver, known := d.Proxy.Static["entrypoints."+d.Proxy.EntryPoint+".http.tls.certresolver"].Literal(); known {
		return "by the resolver " + markdownCode(resolver)
	}
	return "that of the entry point"
}

// isProxy reports whether the service of that name is the proxy.
func isProxy(d *model.Deployment, service string) bool {
	return d.Proxy != nil && d.Proxy.Service != nil && d.Proxy.Service.Name == service
}

// markdownCode returns a text as code in a table of Markdown.
func markdownCode(text string) string {
	return "`" + strings.NewReplacer("`", "'", "|", "\\|").Replace(text) + "`"
}
