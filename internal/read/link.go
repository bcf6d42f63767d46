package read

import (
	"path"
	"regexp"
	"slices"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Link fills in what follows from the documents of a deployment: services, networks, mounts, and which documents each product reads. It is
// called for compiled stacks too, whose documents have an upstream format and no kind yet.
func Link(d *model.Deployment) {
	link(d, &parser{}, nil)
}

// link is Link with the texts of compose files. With them, documents inside a compose file become documents of the deployment.
func link(d *model.Deployment, parser *parser, sources map[string]string) []diag.Finding {
	for _, doc := range d.Documents {
		if doc.Kind == "" {
			doc.Kind = model.KindOf(doc.Upstream)
			if doc.Upstream == "" && doc.Format == model.Text {
				doc.Kind = recogniseText(doc.Name, textOf(doc.Root))
			}
		}
		if doc.Upstream == "" {
			doc.Upstream = doc.Kind.Upstream()
		}
	}
	var findings []diag.Finding
	d.Services, d.Networks = nil, nil
	if sources != nil {
		d.Documents = slices.Concat(d.Documents, embedded(d.Documents, parser))
	}
	p := newProject(d)
	if p != nil {
		var inline []*model.Document
		inline, findings = p.inlined(parser, sources)
		for _, doc := range inline {
			doc.Upstream = doc.Kind.Upstream()
			doc.Name = path.Base(doc.Name)
			if sources != nil { // what was compiled is written, document by document
				d.Documents = slices.Concat(d.Documents, []*model.Document{doc}, parser.embedded(doc))
			}
		}
		d.Services = p.services()
		folder := d.Name
		if d.Guide {
			folder = "" // where its files go is not known
		}
		d.Networks = p.networks(folder)
		p.settleKinds(d)
		findings = append(findings, brokenNginx(d)...)
	}
	c := &chooser{deployment: d, project: p}
	d.MAS, d.Synapse, d.Element = c.mas(), c.synapse(), c.element()
	settleTemplates(d)
	settleSamples(d)
	for _, doc := range d.Documents {
		doc.Whole = doc.Whole && doc.Template
	}
	return findings
}

// embedded returns the documents that stand as texts in others.
func embedded(docs []*model.Document, parser *parser) []*model.Document {
	var inside []*model.Document
	for _, doc := range docs {
		inside = append(inside, parser.embedded(doc)...)
	}
	return inside
}

// settleKinds corrects what documents were taken for by what reads them, or what is rendered from them: Element Call has a config.json with
// keys of Element's.
func (p *project) settleKinds(d *model.Deployment) {
	for _, s := range d.Services {
		kind := model.KindElement
		if s.Image.Base() == "element-call" {
			kind = model.KindElementCall
		} else if s.Product != "element" {
			continue
		}
		for _, m := range s.Mounts {
			for _, doc := range d.Documents {
				rendered := isTemplate(doc.Name) && m.Type == "bind" && stripTemplate(doc.Name) == path.Join(p.dir, m.Source)
				if (doc == m.Document || rendered) && (doc.Kind == model.KindElement || doc.Kind == model.KindElementCall) {
					doc.Kind, doc.Upstream = kind, kind.Upstream()
				}
			}
		}
	}
}

// settleTemplates takes back that a document is a template if a product reads it as it stands.
func settleTemplates(d *model.Deployment) {
	for _, s := range d.Services {
		if s.Product == "" {
			continue
		}
		for _, m := range s.Mounts {
			if m.Document != nil && !isTemplate(m.Target) {
				m.Document.Template = false
			}
		}
	}
	for _, c := range []*model.Configuration{d.MAS, d.Synapse, d.Element} {
		if c == nil || c.Guessed {
			continue
		}
		for _, doc := range c.Documents {
			doc.Template = doc.Template && c.Service == nil
		}
	}
}

// settleSamples marks the example domains in samples as unknown if the operator's own files are there too: a sample's values need not fit theirs.
func settleSamples(d *model.Deployment) {
	var samples []*model.Document
	own := false
	for _, c := range []*model.Configuration{d.MAS, d.Synapse, d.Element} {
		if c == nil {
			continue
		}
		for _, doc := range c.Documents {
			if isTemplate(doc.Name) && c.Guessed {
				samples = append(samples, doc)
			} else {
				own = true
			}
		}
	}
	for _, doc := range samples {
		if own {
			markExamples(doc.Root)
		}
	}
}

func markExamples(n *model.Node) {
	for _, f := range n.Fields {
		markExamples(f.Value)
	}
	for _, item := range n.Items {
		markExamples(item)
	}
	if n.Kind == model.String && exampleDomain.MatchString(n.Text) {
		n.Unknown = true
	}
}

// exampleDomain matches the domains that are reserved for examples (RFC 2606).
var exampleDomain = regexp.MustCompile(`\bexample\.(?:com|org|net)\b`)
