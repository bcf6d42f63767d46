package facts

import (
	"strconv"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Section is a map in a document, with what upstream takes there.
type Section struct {
	// Path is where it is, for example upstream_oauth2.providers[0]; "" for the whole document.
	Path string
	Node *model.Node
	Keys *format.Type
	// At is where it begins: at its key, or at itself if it is an item of a list or the whole document.
	At diag.Position
	// Item says that it stands in a list.
	Item bool
}

// Sections returns the maps of a tree, which is read as the document is, whose keys upstream defines, outermost first. Maps of which there are
// several forms are left out, and so is what is not known.
func (f *Formats) Sections(doc *model.Document, root *model.Node) []Section {
	return f.FactsOf(doc, root).sections
}

func sectionsOf(t *format.Type, root *model.Node, keys []KnownKey) []Section {
	var found []Section
	add := func(t *format.Type, s Section) {
		var arms []*format.Type
		for _, arm := range t.Arms() {
			if arm.Accepts(model.Map) {
				arms = append(arms, arm)
			}
		}
		if len(arms) == 1 && s.Node.Kind == model.Map && !s.Node.Unknown {
			s.Keys = arms[0]
			found = append(found, s)
		}
	}
	top := Section{Node: root, At: root.Position}
	if len(root.Fields) > 0 {
		top.At = root.Fields[0].Position
	}
	add(t, top)
	for _, k := range keys {
		add(k.Key.Type, Section{Path: k.Path, Node: k.Field.Value, At: k.Field.Position})
		if k.Field.Value.Kind != model.List || k.Field.Value.Unknown {
			continue
		}
		for _, arm := range k.Key.Type.Arms() {
			if arm.Items == nil {
				continue
			}
			for i, item := range k.Field.Value.Items {
				add(arm.Items, Section{Path: k.Path + "[" + strconv.Itoa(i) + "]", Node: item, At: item.Position, Item: true})
			}
			break
		}
	}
	return found
}

// Has says that something stands at the key.
func (s Section) Has(key string) bool { return s.Node.Get(key).IsSet() }

// First returns the position of the value of the first of the keys that is there.
func (s Section) First(keys ...string) diag.Position {
	for _, key := range keys {
		if s.Has(key) {
			return s.Node.Get(key).Position
		}
	}
	return s.At
}
