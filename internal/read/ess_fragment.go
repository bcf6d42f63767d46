package read

import (
	"path"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// essFragment is a text in values for Element's chart that is a part of a configuration, or all of it.
type essFragment struct {
	kind model.DocumentKind
	path string
	text *model.Node
}

// essFragments returns the parts of configurations that stand as texts in values for Element's chart, as documents of their own, and what is wrong with
// their form. source returns the text of a file, by which the indentation of a block is known.
func essFragments(documents []*model.Document, source func(file string) string) (docs []*model.Document, findings []diag.Finding) {
	for _, values := range documents {
		if values.Kind != model.KindESS {
			continue
		}
		for _, f := range fragmentsOf(values.Root) {
			file := f.text.Position.File
			at := blockAt(source(file), f.text.Position)
			p, name := &parser{surely: f.kind}, path.Base(values.Name)+"#"+f.path
			parse := p.yaml
			if f.kind != model.KindMAS && f.kind != model.KindSynapse && f.kind != model.KindLiveKit {
				parse = p.json
			}
			read := parse(name, file, at, []byte(f.text.Text))
			if !values.Template {
				findings = append(findings, read.findings...)
			}
			if doc := read.doc; doc != nil && doc.Root.Kind == model.Map {
				doc.Upstream = doc.Kind.Upstream()
				doc.Inside, doc.Template, doc.Ignored, doc.Sample = values, values.Template, values.Ignored, values.Sample
				doc.Flat = at.fixed.Line > 0
				doc.Source = &model.Node{Kind: model.String, Text: f.text.Text, Position: at.position(file, 1, 1)}
				doc.Excerpt = f.kind == model.KindLiveKit // of the others all parts are read together
				docs = append(docs, doc)
			}
		}
	}
	return docs, findings
}

// fragmentsOf returns the parts of configurations in values.
// https://github.com/element-hq/ess-helm/blob/main/docs/advanced.md
func fragmentsOf(values *model.Node) []essFragment {
	var all []essFragment
	add := func(kind model.DocumentKind, at string, text *model.Node) {
		if text != nil && text.Kind == model.String && text.Text != "" {
			all = append(all, essFragment{kind, at, text})
		}
	}
	for _, of := range []struct {
		kind model.DocumentKind
		path []string
	}{{model.KindSynapse, []string{"synapse"}}, {model.KindMAS, []string{"matrixAuthenticationService"}}, {model.KindLiveKit, []string{"matrixRTC", "sfu"}}} {
		for _, f := range values.At(append(of.path, "additional")...).Entries() {
			add(of.kind, path.Join(of.path...)+"/"+f.Key, f.Value.Get("config"))
		}
	}
	for _, f := range values.At("elementWeb", "additional").Entries() {
		add(model.KindElement, "elementWeb/"+f.Key, f.Value)
	}
	for _, of := range []struct {
		key  string
		kind model.DocumentKind
	}{{"client", model.KindWellKnownClient}, {"server", model.KindWellKnownServer}, {"support", model.KindWellKnownSupport}} {
		add(of.kind, "wellKnownDelegation/"+of.key, values.At("wellKnownDelegation", "additional", of.key))
	}
	return all
}
