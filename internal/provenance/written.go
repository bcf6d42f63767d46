package provenance

import (
	"slices"
	"strconv"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Written returns the field of the stack, as the operator wrote it, from which the values follow that are derived at a place of the schema. It is
// nil if they follow from none that he wrote, or from different ones, or if that is not known.
func (t *Trace) Written(at diag.Position) *Field {
	var found *Field
	for _, doc := range t.stack.Documents {
		for _, path := range derivedAt(doc.Root, nil, at) {
			if t.refused[doc.Name] != "" {
				return nil
			}
			o := t.origin(doc.Name, model.Line{Role: model.Content, Paths: [][]string{path}})
			fields := append(o.from.fields(), o.because.fields()...)
			i := slices.IndexFunc(fields, func(f *Field) bool { return f.State == Set })
			if i < 0 || found != nil && fields[i] != found {
				return nil
			}
			found = fields[i]
		}
	}
	return found
}

// derivedAt returns the paths of the values in a tree that are derived at a place of the schema.
func derivedAt(n *model.Node, path []string, at diag.Position) [][]string {
	var paths [][]string
	if n.Position == at {
		paths = append(paths, path)
	}
	for _, f := range n.Fields {
		inner := append(slices.Clone(path), f.Key)
		if f.Position == at && f.Value.Position != at {
			paths = append(paths, inner)
		}
		paths = append(paths, derivedAt(f.Value, inner, at)...)
	}
	for i, item := range n.Items {
		paths = append(paths, derivedAt(item, append(slices.Clone(path), strconv.Itoa(i)), at)...)
	}
	return paths
}
