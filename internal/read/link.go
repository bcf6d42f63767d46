package read

import (
	"path"
	"slices"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// Relate returns what follows from the documents of a deployment: services, networks, mounts, and which documents each product reads. It is a
// step of package link. Compiled documents have an upstream format and no kind yet.
func Relate(files *model.Files) *model.Deployment {
	d := &model.Deployment{Files: copied(files)}
	p := relateServices(d)
	relateConfigurations(d, p)
	finish(d, p)
	return d
}

// finish notes what rules ask of related documents again and again: it is found once.
func finish(d *model.Deployment, p *project) {
	for _, doc := range d.Documents {
		doc.Continued = isContinued(doc.Root) || isAddition(doc)
	}
	if p != nil {
		for _, doc := range p.inline { // of a compiled stack they are no documents of the deployment
			doc.Continued = isContinued(doc.Root)
		}
	}
	markForeign(d)
}

// isContinued says that a comment in a tree tells of more that does not stand there.
func isContinued(n *model.Node) bool {
	return n != nil && (slices.ContainsFunc(n.Items, isContinued) || slices.ContainsFunc(n.Fields, func(f model.Field) bool {
		return f.Comment != "" && placeholder.DeclaresExcerpt(f.Comment) || isContinued(f.Value)
	}))
}

// isAddition reports whether a sample is what people add to the configuration that Synapse generates: that has the server name.
func isAddition(doc *model.Document) bool {
	return doc.Kind == model.KindSynapse && doc.Sample && doc.Root.Get("server_name") == nil && doc.Root.Get("database") == nil
}

// copied returns the documents for linking, which settles what each is and whether it is a template. Their trees are shared, but for those of
// samples, in which values become unknown.
func copied(files *model.Files) model.Files {
	of := *files
	of.Documents = make([]*model.Document, len(files.Documents))
	copies := map[*model.Document]*model.Document{}
	for i, doc := range files.Documents {
		c := *doc
		if isTemplate(c.Name) {
			c.Root = clone(c.Root)
		}
		of.Documents[i], copies[doc] = &c, &c
	}
	for _, doc := range of.Documents {
		if inside := copies[doc.Inside]; inside != nil {
			doc.Inside = inside
		}
	}
	return of
}

func clone(n *model.Node) *model.Node {
	if n == nil {
		return nil
	}
	c := *n
	c.Fields, c.Items = slices.Clone(n.Fields), slices.Clone(n.Items)
	for i := range c.Fields {
		c.Fields[i].Value = clone(c.Fields[i].Value)
	}
	for i := range c.Items {
		c.Items[i] = clone(c.Items[i])
	}
	return &c
}

// relateServices fills in kinds, services and networks, and returns the project, or nil if there is no compose file.
func relateServices(d *model.Deployment) *project {
	for _, doc := range d.Documents {
		if doc.Kind == "" {
			doc.Kind = model.KindOf(doc.Upstream)
			if doc.Kind == model.KindSynapse && doc.Root.Get("worker_app").IsSet() && !doc.Root.Get("worker_app").Is("synapse.app.homeserver") {
				doc.Kind = model.KindSynapseWorker
			}
			if doc.Upstream == "" && doc.Format == model.Text {
				doc.Kind = recogniseText(doc.Name, textOf(doc.Root))
			}
			if doc.Upstream == "" && doc.Format == model.YAML && doc.Root.Kind == model.Map {
				doc.Kind = recognise(outlineTree(doc.Root)) // that of a proxy, whose format has no table
			}
		}
		if doc.Upstream == "" {
			doc.Upstream = doc.Kind.Upstream()
		}
	}
	p := newProject(d.Documents)
	if p == nil {
		return nil
	}
	p.inline = p.inlineDocuments(d.Documents)
	d.Services = p.services()
	folder := d.Name
	if d.Guide {
		folder = "" // where its files go is not known
	}
	d.Networks = p.networks(folder)
	markMissing(d)
	p.settleKinds(d)
	return p
}

// relateConfigurations fills in what each product reads, and settles which documents are templates.
func relateConfigurations(d *model.Deployment, p *project) {
	c := &chooser{deployment: d, project: p}
	d.MAS, d.Synapse, d.Element = c.mas(), c.synapse(), c.element()
	relateChart(d)
	settleTemplates(d)
	settleSamples(d)
	settleSecretsOfSamples(d)
	for _, doc := range d.Documents {
		doc.Whole = doc.Whole && doc.Template
	}
	for _, c := range []*model.Configuration{d.MAS, d.Synapse, d.Element} {
		if c != nil && d.Guide {
			c.Guessed = false // the guide says which files they are
		}
	}
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
			switch {
			case m.Document == nil:
			case m.Rendered:
				m.Document.Template = true
			case !isTemplate(m.Target):
				m.Document.Template = false
			}
		}
	}
	for _, c := range []*model.Configuration{d.MAS, d.Synapse, d.Element} {
		if c == nil || c.Guessed {
			continue
		}
		for _, doc := range c.Documents {
			doc.Template = doc.Template && (c.Service == nil || isRendered(d, doc))
		}
	}
}

// isRendered reports whether Docker renders a document on its way into a container.
func isRendered(d *model.Deployment, doc *model.Document) bool {
	return slices.ContainsFunc(d.Services, func(s *model.Service) bool {
		return slices.ContainsFunc(s.Mounts, func(m model.Mount) bool { return m.Document == doc && m.Rendered })
	})
}
