package read

import (
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// dropInOf returns the unit that a file changes which lies in a folder beside it, synapse.container.d/name.conf, or the ending of all units that it
// changes, of container.d/name.conf. "" if it is no such file.
func dropInOf(name string) string {
	unit, found := strings.CutSuffix(path.Base(path.Dir(name)), ".d")
	switch {
	case !found || extension(name) != ".conf":
	case unitEndings()[path.Ext(unit)] != "":
		return unit
	case unitEndings()["."+unit] != "":
		return "." + unit
	}
	return ""
}

// unitFolder returns the folder of the units that a unit belongs to, or a file that changes one.
func unitFolder(name string) string {
	if dropInOf(name) != "" {
		return path.Dir(path.Dir(name))
	}
	return path.Dir(name)
}

// withDropIns returns a unit with the files laid over it that change it: those for all of its kind, then its own, each by their names. An empty value takes
// back all before it.
func withDropIns(unit *model.Document, all []*model.Document) *model.Document {
	var over []*model.Document
	for _, of := range []string{unitEnding(unit.Name), unitName(unit.Name)} {
		for _, doc := range all {
			if dropInOf(doc.Name) == of && unitFolder(doc.Name) == path.Dir(unit.Name) {
				over = append(over, doc)
			}
		}
	}
	if len(over) == 0 {
		return unit
	}
	whole := *unit
	whole.Root = &model.Node{Kind: model.Map, Position: unit.Root.Position}
	for _, doc := range append([]*model.Document{unit}, over...) {
		for _, from := range doc.Root.Fields {
			to := childOf(whole.Root, from.Key, model.Map)
			if len(to.Fields) == 0 {
				to.Position = from.Value.Position
			}
			for _, key := range from.Value.Fields {
				values := childOf(to, key.Key, model.List)
				items := slices.Clone(key.Value.Items)
				if i := lastEmpty(items); i >= 0 {
					values.Items, items = nil, items[i+1:]
				}
				values.Items = append(values.Items, items...)
			}
		}
	}
	return &whole
}

// lastEmpty returns where the last value without a text is, or -1.
func lastEmpty(items []*model.Node) int {
	for i, item := range slices.Backward(items) {
		if item.Text == "" {
			return i
		}
	}
	return -1
}
