package read

import (
	"path"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// mounted finds a document of the kind that a service of the product mounts, though not where the product looks.
func (c *chooser) mounted(services []*model.Service, w wanted) *model.Configuration {
	for _, s := range services {
		for _, m := range s.Mounts {
			if m.Document != nil && m.Document.Kind == w.kind && m.Document.Root.Kind == model.Map {
				return configuration(w, s, []*model.Document{m.Document}, c.invisible(s, w))
			}
		}
	}
	return nil
}

// named finds the document whose name is the most like the file that the service reads: that name with the suffix of a template, or a name
// that ends in the same way. Rendering and copying are not visible.
func (c *chooser) named(services []*model.Service, w wanted) *model.Configuration {
	for _, s := range services {
		for _, at := range w.paths(s) {
			m := s.MountAt(at)
			if m == nil {
				continue
			}
			host, _ := c.host(m, at)
			if host == "" {
				host = path.Base(at)
			}
			if m.Source != "" && (m.Source[0] == '$' || m.Source[0] == '/') {
				host = path.Join(m.Source, strings.TrimPrefix(at, m.Target))
			}
			if doc := mostAlike(host, c.of(w.kind)); doc != nil {
				return configuration(w, s, []*model.Document{doc}, len(w.paths(s)) > 1 || c.invisible(s, w))
			}
		}
	}
	return nil
}

// mostAlike returns the document whose name shares most of its end with a path, if it is one alone.
func mostAlike(host string, docs []*model.Document) *model.Document {
	var best *model.Document
	most, several := 0, false
	for _, doc := range docs {
		n := 2 * model.CommonTail(stripTemplate(doc.Name), host)
		if n > 0 && isTemplate(doc.Name) {
			n++ // the template before its rendering
		}
		switch {
		case n == 0 || n < most:
		case n == most:
			several = true
		default:
			best, most, several = doc, n, false
		}
	}
	if several {
		return nil
	}
	return best
}

// built finds the service whose product is not known, such as one built from source, and that mounts a document of the kind.
func (c *chooser) built(_ []*model.Service, w wanted) *model.Configuration {
	for _, s := range c.deployment.Services {
		for _, m := range s.Mounts {
			if s.Product == "" && m.Document != nil && m.Document.Kind == w.kind && m.Document.Root.Kind == model.Map && !isTemplate(m.Target) {
				return configuration(w, s, []*model.Document{m.Document}, c.invisible(s, w))
			}
		}
	}
	return nil
}

// only finds the document that is the only one of its kind, or the only one that is no template. If a service of the product mounts something
// that is not visible where it looks, the document is taken to become that.
func (c *chooser) only(services []*model.Service, w wanted) *model.Configuration {
	docs := c.of(w.kind)
	if len(docs) > 1 {
		var finished []*model.Document
		for _, doc := range docs {
			if !doc.Template {
				finished = append(finished, doc)
			}
		}
		docs = finished
	}
	if len(docs) != 1 {
		return nil
	}
	for _, s := range services {
		if s.MountAt(w.paths(s)[0]) != nil {
			return configuration(w, s, docs, len(w.paths(s)) > 1 || c.invisible(s, w))
		}
	}
	return configuration(w, nil, docs, c.project != nil || c.namesMore(w.product, 1))
}
