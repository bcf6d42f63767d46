package format

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Default is what upstream takes for a key that is absent.
type Default struct {
	// Value is what it takes, as an operator would write it; nil if upstream works it out.
	Value *model.Node
	// Words say what it takes, if the value does not say it or there is none; or "".
	Words string
	// Since is the first version that takes it; "" for all that read the key.
	Since string
	// When says in words under which condition it holds; "" for always.
	When string
}

// String returns what upstream takes, in an operator's words.
func (d Default) String() string {
	text := d.Words
	if text == "" {
		text = written(d.Value)
	}
	if d.When != "" {
		text += " " + d.When
	}
	if d.Since != "" {
		text += " since " + strings.TrimSuffix(d.Since, ".0")
	}
	return text
}

// written returns a value in one line, as YAML writes it where it can stand without quotes.
func written(n *model.Node) string {
	var parts []string
	switch n.Kind {
	case model.List:
		for _, item := range n.Items {
			parts = append(parts, written(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case model.Map:
		for _, f := range n.Fields {
			parts = append(parts, f.Key+": "+written(f.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case model.Null:
		return "null"
	}
	return n.Text
}

// About says in a line what the key does and what upstream takes when it is absent; "" if its name says the one and nobody knows the other.
func (k *Key) About() string {
	if len(k.Defaults) == 0 {
		return k.Doc
	}
	var defaults []string
	for _, d := range k.Defaults {
		defaults = append(defaults, d.String())
	}
	return strings.TrimSpace(k.Doc + " Default: " + strings.Join(defaults, ", else ") + ".")
}

// Default returns what upstream takes in a version for a path of keys at which nothing stands; an item of a list is [] in the path. It is
// nil if upstream takes nothing, if it depends on more than the version, or if it is not known. An unknown version counts as the newest.
func (t *Type) Default(version model.Version, path ...string) *model.Node {
	var above *model.Node // what a key further up stands for
	for i := range path {
		above = above.Get(path[i])
		if key := t.At(path[:i+1]...); key != nil {
			if own := key.defaultIn(version); own != nil {
				above = own
			}
		}
	}
	return above
}

// At returns the key at a path of keys, or nil. An item of a list is [] in the path.
func (t *Type) At(path ...string) *Key {
	types := []*Type{t}
	var found *Key
	for _, part := range path {
		var inner []*Type
		found = nil
		for _, of := range types {
			for _, arm := range of.Arms() {
				if part == "[]" && arm.Items != nil {
					inner = append(inner, arm.Items)
				} else if key := arm.Key(part); key != nil {
					inner, found = append(inner, key.Type), key
				}
			}
		}
		types = inner
	}
	return found
}

// NamesAt returns the names of the keys that may stand below a path of keys.
func (t *Type) NamesAt(path ...string) []string {
	of := t
	if len(path) > 0 {
		key := t.At(path...)
		if key == nil {
			return nil
		}
		of = key.Type
	}
	var names []string
	for _, arm := range of.Arms() {
		names = append(names, arm.names()...)
	}
	return names
}

// defaultIn returns what upstream takes for the key in a version, whatever else is set, or nil.
func (k *Key) defaultIn(version model.Version) *model.Node {
	if d := k.defaultOf(version); d != nil {
		return d.Value
	}
	return nil
}

// defaultOf returns the default of the key in a version, whatever else is set, or nil.
func (k *Key) defaultOf(version model.Version) *Default {
	if slices.ContainsFunc(k.Defaults, func(d Default) bool { return d.When != "" }) {
		return nil
	}
	for i, d := range k.Defaults {
		if d.Since == "" || !version.Before(d.Since) {
			return &k.Defaults[i]
		}
	}
	return nil
}
