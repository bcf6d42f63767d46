package read

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// objects reads a block with objects of a cluster, if one of them is about Element's chart. Each is kept by itself: what installs the chart is another deployment.
// That a guide shows what was, or two ways to write the same, is left out as in other blocks.
func (g *guide) objects(b block) bool {
	if !fitsLanguage("x.yaml", b.language) || !isConfiguration(b.language) || !speaksOfESS(strings.Join(b.lines, "\n")) {
		return false
	}
	text, at, partial := g.text(b, model.KindESS)
	masked := text
	root, _, err := yamlDocuments(masked)
	if err != nil {
		masked = []byte(placeholder.Mask(string(text)))
		root, _, err = yamlDocuments(masked)
	}
	if err != nil {
		return false
	}
	all := essAll(root, string(masked))
	if !slices.ContainsFunc(all, func(v essValues) bool {
		return v.object.kind != "" && (v.sure || chartName(v.object.chart) == "matrix-stack")
	}) {
		return false
	}
	if g.prose.isOld(b) || g.prose.isOutput(b) && fitsOutput(b.language) || slices.ContainsFunc(documentsOf(b.lines), showsVariants) {
		return true
	}
	for i, v := range all {
		place := essPlace{object: v.object, file: fmt.Sprintf("#L%d", b.line), sure: v.sure}
		if v.root != nil {
			p := *g.parser
			p.part = i + 1
			read := parseAs(p, "", "part.yaml", g.name, at, text)
			whole := !partial && !g.prose.isPart(b)
			g.report(read.findings, part{whole: whole})
			if doc := read.doc; doc != nil && doc.Root.Kind == model.Map {
				place.values = fmt.Sprintf("%s#L%d", g.name, doc.Root.Position.Line)
				doc.Name, doc.Excerpt, doc.Template = place.values, !whole, g.renders && doc.Template
				doc.Ignores = suppressions(g.name, at, string(text))
				g.values[place.values] = doc
			}
		}
		g.places = append(g.places, place)
	}
	return true
}

// documentsOf returns the lines of each YAML document of a text.
func documentsOf(lines []string) [][]string {
	documents := [][]string{nil}
	for _, line := range lines {
		if last := len(documents) - 1; strings.HasPrefix(strings.TrimSpace(line), "---") {
			documents = append(documents, nil)
		} else {
			documents[last] = append(documents[last], line)
		}
	}
	return documents
}

// releases returns the deployments that objects of the guide make, and what they leave of its documents. Scripts may be for any of them.
func (g *guide) releases(documents []*model.Document) (found [][]*model.Document, left []*model.Document) {
	r := &reader{files: map[string]*known{}}
	for name, doc := range g.values {
		r.files[name] = &known{kind: model.KindESS, doc: doc}
	}
	for _, doc := range documents {
		if doc.Kind == model.KindESS {
			r.files[doc.Name] = &known{kind: model.KindESS, doc: doc}
		}
	}
	e := &essReleases{reader: r, places: g.places, taken: map[string]bool{}}
	e.installed()
	for _, place := range g.places {
		if place.sure && place.values != "" && !e.taken[place.values] {
			e.all = append(e.all, &release{names: []string{place.values}})
		}
	}
	var shared []*model.Document
	for _, doc := range documents {
		if doc.Kind == model.KindShell {
			shared = append(shared, doc)
		}
		if !e.taken[doc.Name] {
			left = append(left, doc)
		}
	}
	for _, one := range e.all {
		docs := slices.Clone(shared)
		for _, name := range one.names {
			doc := *r.files[name].doc
			one.settle(name, &doc)
			docs = append(docs, &doc)
		}
		found = append(found, docs)
	}
	return found, left
}
