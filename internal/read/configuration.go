package read

import (
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// chooser finds out which documents a product reads.
type chooser struct {
	deployment *model.Deployment
	project    *project // nil without a compose file
}

// wanted is what is looked for: the configuration of a product.
type wanted struct {
	product string
	kind    model.DocumentKind
	// paths returns the paths in the container that the service reads, in order.
	paths func(*model.Service) []string
	// merge makes one tree of several.
	merge func(a, b *model.Node) *model.Node
	// supplied returns the tree with what the environment of the service sets in it; nil if the product takes no settings from there.
	supplied func(root *model.Node, s *model.Service) *model.Node
}

func (c *chooser) mas() *model.Configuration {
	return c.find(wanted{"mas", model.KindMAS, masPaths, mergeDeep, suppliedToMAS})
}

func (c *chooser) synapse() *model.Configuration {
	return c.find(wanted{"synapse", model.KindSynapse, synapsePaths, mergeShallow, nil})
}

func (c *chooser) element() *model.Configuration {
	paths := func(*model.Service) []string { return []string{"/app/config.json"} }
	return c.find(wanted{"element", model.KindElement, paths, mergeShallow, nil})
}

// find returns the configuration of a product: what its service reads by its mounts, or what looks like it.
func (c *chooser) find(w wanted) *model.Configuration {
	services := ranked(c.deployment.Of(w.product), w.product)
	for _, s := range services {
		if docs, missing := c.read(s, w); len(docs) > 0 {
			for _, doc := range docs {
				doc.Template = doc.Template && (overridden(s) || isTemplate(doc.Name) && s.MountAt(w.paths(s)[0]) == nil)
			}
			return configuration(w, s, docs, missing > 0 || c.invisible(s, w) || hidesPart(s, w) || c.namesMore(w.product, len(docs)))
		}
	}
	for _, guess := range []func([]*model.Service, wanted) *model.Configuration{c.mounted, c.named, c.built, c.only} {
		if found := guess(services, w); found != nil {
			found.Guessed = c.project != nil
			if c.isPart(found, w.kind) || slices.ContainsFunc(found.Documents, func(doc *model.Document) bool { return doc.HasParts }) {
				found.Partial, found.Branches = true, false
			}
			return found
		}
	}
	return nil
}

// isPart reports whether a service mounts further documents of the kind beside those that were found, or such that nothing tells what they
// are: it may read all of them.
func (c *chooser) isPart(found *model.Configuration, kind model.DocumentKind) bool {
	for _, s := range c.deployment.Services {
		var mounted []*model.Document
		for _, m := range s.Mounts {
			if m.Document != nil && (m.Document.Kind == kind || m.Document.Kind == model.KindOther && m.Document.Format != model.Text) {
				mounted = append(mounted, m.Document)
			}
		}
		isOther := func(doc *model.Document) bool { return !slices.Contains(found.Documents, doc) }
		if slices.ContainsFunc(found.Documents, func(doc *model.Document) bool { return slices.Contains(mounted, doc) }) && slices.ContainsFunc(mounted, isOther) {
			return true
		}
	}
	return false
}

// configuration puts together what was found.
func configuration(w wanted, s *model.Service, docs []*model.Document, partial bool) *model.Configuration {
	found := &model.Configuration{Service: s, Documents: docs, Partial: partial}
	isElsewhere := found.Partial
	for _, doc := range docs {
		found.Root = w.merge(found.Root, doc.Root)
		found.Partial = found.Partial || doc.Template && !doc.Whole || doc.Excerpt
		isElsewhere = isElsewhere || doc.Template && !doc.Whole && !doc.Branches || doc.Excerpt
	}
	found.Branches = found.Partial && !isElsewhere
	if s != nil && w.supplied != nil && found.Root != nil {
		found.Root = w.supplied(found.Root, s)
	}
	return found
}

// read returns the documents at the paths that a service reads, and how many of the paths hold nothing that is visible.
func (c *chooser) read(s *model.Service, w wanted) (docs []*model.Document, missing int) {
	for _, at := range w.paths(s) {
		found := c.at(s, at, w.product == "synapse")
		if len(found) == 0 {
			missing++
		}
		for _, doc := range found {
			if doc.Kind == model.KindOther && doc.Format != model.Text { // a part that nothing but its place tells
				doc.Kind, doc.Upstream = w.kind, w.kind.Upstream()
			}
			if doc.Kind == w.kind && doc.Root.Kind == model.Map {
				docs = append(docs, doc)
			}
		}
	}
	return docs, missing
}

// at returns the documents at a path of the container: one, or with folders those directly in the folder.
func (c *chooser) at(s *model.Service, at string, folders bool) []*model.Document {
	m := s.MountAt(at)
	if m == nil && folders {
		return mountedInto(s, at)
	}
	if m == nil || c.project == nil {
		return nil
	}
	if m.Target == at && m.Document != nil {
		return []*model.Document{m.Document}
	}
	host, visible := c.host(m, at)
	if !visible {
		return nil
	}
	if doc := c.project.documents[host]; doc != nil {
		return []*model.Document{doc}
	}
	var inside []*model.Document
	for _, doc := range c.deployment.Documents {
		if folders && path.Dir(path.Clean(doc.Name)) == host && path.Ext(doc.Name) == ".yaml" && doc.Kind != model.KindSynapseLog {
			inside = append(inside, doc)
		}
	}
	slices.SortFunc(inside, func(a, b *model.Document) int { return strings.Compare(a.Name, b.Name) })
	return inside
}

// mountedInto returns the documents that are mounted one by one into a folder of the container, in the order of their names there.
func mountedInto(s *model.Service, folder string) []*model.Document {
	isInside := func(m model.Mount) bool {
		return m.Document != nil && path.Dir(m.Target) == path.Clean(folder) && path.Ext(m.Target) == ".yaml" && m.Document.Kind != model.KindSynapseLog
	}
	var mounts []model.Mount
	for _, m := range s.Mounts {
		if isInside(m) {
			mounts = append(mounts, m)
		}
	}
	slices.SortFunc(mounts, func(a, b model.Mount) int { return strings.Compare(a.Target, b.Target) })
	var inside []*model.Document
	for _, m := range mounts {
		inside = append(inside, m.Document)
	}
	return inside
}

// hidesPart reports whether a file is mounted into a folder that Synapse reads all of, and is not among the documents: a secret, for instance.
func hidesPart(s *model.Service, w wanted) bool {
	return w.product == "synapse" && slices.ContainsFunc(w.paths(s), func(at string) bool {
		return slices.ContainsFunc(s.Mounts, func(m model.Mount) bool {
			return m.Document == nil && path.Dir(m.Target) == path.Clean(at) && path.Ext(m.Target) == ".yaml"
		})
	})
}

// host returns the name that the document at a path of the container has.
func (c *chooser) host(m *model.Mount, at string) (string, bool) {
	rest := strings.TrimPrefix(at, m.Target)
	if m.Type != "bind" && m.Type != "secret" && m.Type != "config" || m.Source == "" || path.IsAbs(m.Source) || m.Source[0] == '~' {
		return strings.TrimPrefix(rest, "/"), false
	}
	return path.Join(c.project.dir, m.Source, rest), true
}

// invisible reports whether a service has an env_file that is not among the documents and that may hold settings: Synapse and Element take none from their
// environment.
func (c *chooser) invisible(s *model.Service, w wanted) bool {
	if w.supplied == nil {
		return false
	}
	files := asList(s.Node.Get("env_file"))
	return files != nil && slices.ContainsFunc(files.Items, func(file *model.Node) bool { return c.project.envDocument(file) == nil })
}

// of returns the documents of the kind.
func (c *chooser) of(kind model.DocumentKind) []*model.Document {
	var docs []*model.Document
	for _, doc := range c.deployment.Documents {
		if doc.Kind == kind && doc.Root != nil && doc.Root.Kind == model.Map {
			docs = append(docs, doc)
		}
	}
	return docs
}
