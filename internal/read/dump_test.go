package read_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/read"
)

// dump relates the documents of deployments and prints them so that a person can check them.
func dump(deployments []*model.Files, findings []diag.Finding, trees []string) string {
	var out strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&out, "%s:%d:%d: %s: %s [%s]\n", f.File, f.Line, f.Column, f.Severity, f.Message, f.Rule)
	}
	for _, files := range deployments {
		d := read.Relate(files)
		fmt.Fprintf(&out, "deployment %s\n", d.Name)
		for _, doc := range d.Documents {
			fmt.Fprintf(&out, "  document %s: %s %s%s%s\n", doc.Name, doc.Kind, doc.Format, flagged(doc.Template, " template")+flagged(doc.Whole, " whole")+flagged(doc.Ignored, " ignored")+flagged(doc.Excerpt, " excerpt"), flagged(doc.Upstream != "", " "+doc.Upstream))
			if slices.Contains(trees, doc.Name) {
				dumpNode(&out, "    ", doc.Root)
			}
		}
		for _, doc := range d.Before {
			fmt.Fprintf(&out, "  before %s: %s\n", doc.Name, doc.Kind)
		}
		for _, s := range d.Services {
			dumpService(&out, s)
		}
		for _, key := range slices.Sorted(maps.Keys(d.Networks)) {
			n := d.Networks[key]
			fmt.Fprintf(&out, "  network %s: %q%s%s\n", key, n.Name, flagged(n.Internal, " internal"), flagged(n.External, " external"))
		}
		dumpConfiguration(&out, "mas", d.MAS)
		dumpConfiguration(&out, "synapse", d.Synapse)
		dumpConfiguration(&out, "element", d.Element)
	}
	return out.String()
}

func flagged(is bool, text string) string {
	if is {
		return text
	}
	return ""
}

func dumpService(out *strings.Builder, s *model.Service) {
	fmt.Fprintf(out, "  service %s: %q %s:%s%s%s\n", s.Name, s.Product, s.Image.Repository, s.Image.Tag, flagged(!s.Image.Known, " unknown image"), flagged(s.Inactive, " inactive"))
	for _, v := range s.Environment {
		fmt.Fprintf(out, "    env %s = %s  @%s\n", v.Name, scalar(v.Value), place(v.Position))
	}
	for _, v := range s.Labels {
		fmt.Fprintf(out, "    label %s = %s  @%s\n", v.Name, scalar(v.Value), place(v.Position))
	}
	for _, m := range s.Mounts {
		doc := ""
		if m.Document != nil {
			doc = " = " + m.Document.Name
		}
		fmt.Fprintf(out, "    %s %s -> %s%s  @%s\n", m.Type, m.Source, m.Target, doc, place(m.Position))
	}
	for _, a := range s.Networks {
		fmt.Fprintf(out, "    network %s %v\n", a.Network, a.Aliases)
	}
}

func dumpConfiguration(out *strings.Builder, product string, c *model.Configuration) {
	if c == nil {
		return
	}
	var names []string
	for _, doc := range c.Documents {
		names = append(names, doc.Name)
	}
	service := "nobody"
	if c.Service != nil {
		service = c.Service.Name
	}
	fmt.Fprintf(out, "  %s: read by %s: %s%s%s\n", product, service, strings.Join(names, ", "), flagged(c.Partial, " partial"), flagged(c.Guessed, " guessed"))
	if len(c.Documents) > 1 {
		dumpNode(out, "    ", c.Root)
	}
}

func dumpNode(out *strings.Builder, indent string, n *model.Node) {
	for _, f := range n.Fields {
		comment := ""
		if f.Comment != "" {
			comment = "  # " + strings.ReplaceAll(f.Comment, "\n", " / ")
		}
		fmt.Fprintf(out, "%s%s @%s: %s%s\n", indent, f.Key, place(f.Position), scalar(f.Value), comment)
		dumpNode(out, indent+"  ", f.Value)
	}
	for i, item := range n.Items {
		fmt.Fprintf(out, "%s[%d]: %s\n", indent, i, scalar(item))
		dumpNode(out, indent+"  ", item)
	}
}

// scalar prints the kind, the text and the place of a node.
func scalar(n *model.Node) string {
	if n == nil {
		return "nothing"
	}
	kind := [...]string{"null", "bool", "int", "float", "string", "list", "map"}[n.Kind]
	text := ""
	if n.Kind != model.Map && n.Kind != model.List && n.Kind != model.Null {
		text = fmt.Sprintf(" %q", n.Text)
	}
	return kind + text + flagged(n.Perhaps, " perhaps") + flagged(n.Open, " open") + flagged(n.Unknown, " unknown") + flagged(n.Tag != "", " "+n.Tag) + " @" + place(n.Position)
}

func place(p diag.Position) string {
	return fmt.Sprintf("%s:%d:%d", p.File[strings.LastIndex(p.File, "/")+1:], p.Line, p.Column)
}

// dumpFinding prints where a finding is and of which rule.
func dumpFinding(f diag.Finding) string {
	return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Rule)
}
