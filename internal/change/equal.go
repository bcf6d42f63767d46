package change

import (
	"regexp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// equal reports whether two values say the same, whatever the order of keys. What differs only by the name of the project in names of Traefik and of the
// network does, too: that the project has another name is told once.
func (w *walker) equal(a, b *model.Node) bool {
	if a.Kind == model.Null && b.Kind == model.Null {
		return true
	}
	if a.Kind != b.Kind || a.Text != b.Text && w.rename.text(a.Text) != b.Text || a.Tag != b.Tag || len(a.Items) != len(b.Items) || len(a.Fields) != len(b.Fields) {
		return false
	}
	for i := range a.Items {
		if !w.equal(a.Items[i], b.Items[i]) {
			return false
		}
	}
	for _, f := range w.rename.labels(a, b).Fields {
		other := b.Get(f.Key)
		if other == nil || !w.equal(f.Value, other) {
			return false
		}
	}
	return true
}

// renaming puts the new name of the compose project where the old one is part of a name that is made of it. A nil one changes nothing.
type renaming struct {
	network, label, value *regexp.Regexp
	name                  string
}

// newRenaming returns nil if the project keeps its name.
func newRenaming(before, after *model.Deployment) *renaming {
	old, name := project(before), project(after)
	if old == "" || name == "" || old == name {
		return nil
	}
	old = regexp.QuoteMeta(old)
	return &renaming{regexp.MustCompile(`(\.)` + old + `(\.internal\b)`), regexp.MustCompile(`(\.)` + old + `(-)`), regexp.MustCompile(`(^|, *)` + old + `(-)`), name}
}

// text returns a text with the new name in that of a service on the network, and in a label of Traefik that is written as one text.
func (r *renaming) text(text string) string {
	if r == nil {
		return text
	}
	if label, value, both := strings.Cut(text, "="); both && isTraefik(label) {
		return replace(r.label, label, r.name) + "=" + replace(r.value, value, r.name)
	}
	return replace(r.network, text, r.name)
}

// labels returns the old one of two maps with the new name in the labels of Traefik, where only the name of the project in them differs.
func (r *renaming) labels(old, new *model.Node) *model.Node {
	if r == nil || !slices.ContainsFunc(old.Fields, func(f model.Field) bool { return isTraefik(f.Key) }) {
		return old
	}
	renamed := *old
	renamed.Fields = slices.Clone(old.Fields)
	for i, f := range old.Fields {
		if !isTraefik(f.Key) {
			continue
		}
		if key := replace(r.label, f.Key, r.name); new.Get(f.Key) == nil && new.Get(key) != nil && old.Get(key) == nil {
			renamed.Fields[i].Key = key
		}
		value := new.Get(renamed.Fields[i].Key)
		if text, ok := f.Value.Literal(); ok && value != nil && value.Kind == f.Value.Kind && value.Text == replace(r.value, text, r.name) {
			renamed.Fields[i].Value = value
		}
	}
	return &renamed
}

func isTraefik(label string) bool { return strings.HasPrefix(label, "traefik.") }

// replace puts a name between the two groups of a pattern.
func replace(pattern *regexp.Regexp, text, name string) string {
	return pattern.ReplaceAllString(text, "${1}"+name+"${2}")
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
