package change

import (
	"regexp"
	"slices"

	"github.com/matrixgen/matrixgen/internal/model"
)

// equal reports whether two values say the same, whatever the order of keys. What differs only by the name of the project does, too: that the project
// has another name is told once.
func (w *walker) equal(a, b *model.Node) bool {
	if a.Kind == model.Null && b.Kind == model.Null {
		return true
	}
	if a.Kind != b.Kind || a.Text != b.Text && w.renamed(a.Text) != b.Text || a.Tag != b.Tag || len(a.Items) != len(b.Items) || len(a.Fields) != len(b.Fields) {
		return false
	}
	for i := range a.Items {
		if !w.equal(a.Items[i], b.Items[i]) {
			return false
		}
	}
	for _, f := range a.Fields {
		other := b.Get(f.Key)
		if other == nil {
			other = b.Get(w.renamed(f.Key))
		}
		if other == nil || !w.equal(f.Value, other) {
			return false
		}
	}
	return true
}

// rekeyed returns the old map with the keys of the new one where only the name of the project in them differs.
func (w *walker) rekeyed(values pair) *model.Node {
	old := *values.before
	old.Fields = slices.Clone(old.Fields)
	for i, f := range old.Fields {
		if name := w.renamed(f.Key); name != f.Key && values.after.Get(f.Key) == nil && values.after.Get(name) != nil && values.before.Get(name) == nil {
			old.Fields[i].Key = name
		}
	}
	return &old
}

// renaming returns what puts the new name of the compose project where the old one begins the name of a router or a service of Traefik, or ends that of
// a service on the network.
func renaming(before, after *model.Deployment) func(string) string {
	old, new := project(before), project(after)
	if old == "" || new == "" || old == new {
		return func(text string) string { return text }
	}
	name := regexp.MustCompile(`(^|[^A-Za-z0-9])` + regexp.QuoteMeta(old) + `(-|\.internal\b)`)
	return func(text string) string { return name.ReplaceAllString(text, "${1}"+new+"${2}") }
}

// project returns the name of the compose project, "" if none stands in the compose file.
func project(d *model.Deployment) string {
	for _, doc := range d.Documents {
		if doc.Kind == model.KindCompose {
			name, _ := doc.Root.Get("name").Literal()
			return name
		}
	}
	return ""
}
