package read

import (
	"slices"

	"github.com/matrixgen/matrixgen/internal/model"
)

// join adds a part of a file to what is known of it, or is false if the two are not read as one.
func join(doc, more *model.Document) bool {
	if doc.Kind != more.Kind || doc.Root.Kind != model.Map || more.Root.Kind != model.Map {
		return false
	}
	switch doc.Kind {
	case model.KindCompose:
		doc.Root = merge("", doc.Root, more.Root)
	case model.KindEnv:
		doc.Root.Fields = append(doc.Root.Fields, more.Root.Fields...)
	default:
		doc.Root = combine(doc.Root, more.Root)
	}
	doc.Template = doc.Template || more.Template
	doc.Ignores = append(doc.Ignores, more.Ignores...)
	return true
}

// combine puts a part into a tree: maps key by key, lists by what their items are called.
func combine(a, b *model.Node) *model.Node {
	switch {
	case a.Kind == model.Map && b.Kind == model.Map:
		return overlay(a, b, combine)
	case a.Kind != model.List || b.Kind != model.List:
		return b
	}
	merged := *a
	merged.Items = slices.Clone(a.Items)
	for _, item := range b.Items {
		i := slices.IndexFunc(merged.Items, func(other *model.Node) bool { return sameEntry(item, other) })
		if i < 0 {
			merged.Items = append(merged.Items, item)
		} else {
			merged.Items[i] = combine(merged.Items[i], item)
		}
	}
	return &merged
}

// sameEntry reports whether two items of a list are the same thing.
func sameEntry(a, b *model.Node) bool {
	if a.Kind != model.Map || b.Kind != model.Map {
		return model.Compare(a, b) == model.Yes
	}
	for _, key := range []string{"id", "idp_id", "client_id", "kid", "name", "port", "version"} {
		if a.Get(key) != nil || b.Get(key) != nil {
			return model.Compare(a.Get(key), b.Get(key)) == model.Yes
		}
	}
	return false
}
