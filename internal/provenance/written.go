package provenance

import (
	"slices"
	"strconv"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Sieve says which values and which fields are asked about. A nil function takes all.
type Sieve struct {
	Value func(document string, path []string) bool
	Field func(path []string) bool
}

// Written returns the field of the stack, as the operator wrote it, from which the values follow that are derived at a place of the schema. It is
// nil if they follow from none that he wrote, or from different ones, or if that is not known. Of several fields those count first that the sieve takes.
func (t *Trace) Written(at diag.Position, of Sieve) *Field {
	var found *Field
	for _, doc := range t.stack.Documents {
		for _, path := range derivedAt(doc.Root, nil, at) {
			if of.Value != nil && !of.Value(doc.Name, path) {
				continue
			}
			if t.refused[doc.Name] != "" {
				return nil
			}
			field := t.nearest(doc.Name, path, of.Field)
			if field == nil || found != nil && field != found {
				return nil
			}
			found = field
		}
	}
	return found
}

// nearest returns the field that the operator wrote from which a value follows first of all, or nil.
func (t *Trace) nearest(document string, path []string, wanted func(path []string) bool) *Field {
	o := t.origin(document, model.Line{Role: model.Content, Paths: [][]string{path}})
	fields := slices.DeleteFunc(append(o.from.fields(), o.because.fields()...), func(f *Field) bool { return f.State != Set })
	if len(fields) == 0 {
		return nil
	}
	if i := slices.IndexFunc(fields, func(f *Field) bool { return wanted != nil && wanted(f.path) }); i >= 0 {
		return fields[i]
	}
	return fields[0]
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
