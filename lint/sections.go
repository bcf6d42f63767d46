package lint

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
)

// section is a map in a document, with what upstream takes there.
type section struct {
	// path is where it is, for example upstream_oauth2.providers[0]; "" for the whole document.
	path string
	node *model.Node
	keys *format.Type
	// at is where it begins: at its key, or at itself if it is an item of a list or the whole document.
	at diag.Position
	// item says that it stands in a list.
	item bool
}

// sections returns the maps of a tree, which is read as the document is, whose keys upstream defines, outermost first. Maps of which there are
// several forms are left out, and so is what is not known.
func (f *formats) sections(doc *model.Document, root *model.Node) []section {
	return f.factsOf(doc, root).sections
}

func sectionsOf(t *format.Type, root *model.Node, keys []knownKey) []section {
	var found []section
	add := func(t *format.Type, s section) {
		var arms []*format.Type
		for _, arm := range t.Arms() {
			if arm.Accepts(model.Map) {
				arms = append(arms, arm)
			}
		}
		if len(arms) == 1 && s.node.Kind == model.Map && !s.node.Unknown {
			s.keys = arms[0]
			found = append(found, s)
		}
	}
	top := section{node: root, at: root.Position}
	if len(root.Fields) > 0 {
		top.at = root.Fields[0].Position
	}
	add(t, top)
	for _, k := range keys {
		add(k.key.Type, section{path: k.path, node: k.field.Value, at: k.field.Position})
		if k.field.Value.Kind != model.List || k.field.Value.Unknown {
			continue
		}
		for _, arm := range k.key.Type.Arms() {
			if arm.Items == nil {
				continue
			}
			for i, item := range k.field.Value.Items {
				add(arm.Items, section{path: fmt.Sprintf("%s[%d]", k.path, i), node: item, at: item.Position, item: true})
			}
			break
		}
	}
	return found
}

// has says that something stands at the key.
func (s section) has(key string) bool { return isSet(s.node.Get(key)) }

// first returns the position of the value of the first of the keys that is there.
func (s section) first(keys ...string) diag.Position {
	for _, key := range keys {
		if s.has(key) {
			return s.node.Get(key).Position
		}
	}
	return s.at
}
