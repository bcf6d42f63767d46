// Package format knows what upstream's programs accept in their files: it reads the syntax tree of the definitions in schema/<product>
// into a table, and holds document trees against it. It evaluates no CUE, and knows nothing of stacks or of relations between files.
package format

import (
	"regexp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Type is what upstream accepts at one place of a document.
type Type struct {
	// Kinds are the kinds of value accepted, over all alternatives.
	Kinds []model.Kind
	// Alternatives are the types of which a value fits one; they have none themselves. If there are any, what follows is unset.
	Alternatives []*Type

	// Literals are the only scalars accepted, as they are written; all if there are none.
	Literals []string
	// Pattern is what text has to match, or nil.
	Pattern *regexp.Regexp
	// Min and Max bound a number, if not nil.
	Min, Max *Bound
	// Words are an operator's words for a text with a pattern, or "".
	Words string

	// Keys are those that a map may have, in the order of the definition.
	Keys []*Key
	// Free are the keys whose name an operator chooses.
	Free []*Key
	// Open says that any other key is accepted too, with any value.
	Open bool
	// Strict says that upstream refuses to start with an unknown key in a map of this type, wherever it stands.
	Strict bool
	// AnyCase says that upstream compares the names of keys without case.
	AnyCase bool
	// Items is the type of the items of a list; nil if anything is accepted.
	Items *Type
	// Knows is the newest version of upstream of which the table of a whole document knows every key; "" if it does not say.
	Knows string
	// Changes are what it means that anything below changes, unless its key says so.
	Changes []Consequence
}

// Bound is a limit of a number.
type Bound struct {
	Value float64
	// Exclusive says that the number has to differ from the value.
	Exclusive bool
}

// Key is a key of a map. Versions are upstream's, without a v; "" if they are not known or there is none.
type Key struct {
	// Name is the key as upstream spells it, or "" if an operator chooses it.
	Name string
	// Names is what a free key has to match; nil if it may be anything.
	Names *regexp.Regexp
	Type  *Type
	// Doc says in a line what the key does, if its name does not.
	Doc string
	// Required says that upstream does not start without the key.
	Required bool
	// Defaults are what upstream takes when the key is absent, the newest version first; the first that holds counts.
	Defaults []Default

	// Since is the first version that reads the key.
	Since string
	// Deprecated is the first version that warns about the key and still reads it.
	Deprecated string
	// Removed is the first version that does not read the key; 0.0.0 if none ever did.
	Removed string
	// Renamed is the path, from the root of the document, of the key to use instead.
	Renamed string

	// Secret says that the value is a secret.
	Secret bool
	// File is the sibling that takes the secret from a file, or "".
	File string
	// Path says that the value is the path of a file or folder, or a list of them.
	Path bool
	// ReplacesKey is the sibling that the content of the file stands for, or "".
	ReplacesKey string
	// Trim says that upstream strips white space around that content.
	Trim bool
	// Strict says that upstream refuses to start with an unknown key in the map, or in a map of the list, that stands here.
	Strict bool
	// Checked is the release since which upstream looks at the value, or at the items of the list, when it starts, and refuses one that does not fit:
	// "0.0.0" if all do, "" if it converts or believes what stands there.
	Checked string
	anyCase bool // of a definition

	// Changes are what it means that the value, or anything below it, changes; the first that fits holds.
	Changes []Consequence
	twin    string // the sibling whose consequences are also this key's
	knows   string // of a definition
	// Identity is the key by which an operator tells the items of the list apart, or "".
	Identity string
}

// Key returns the key of that name, or the free key that the name fits, or nil.
func (t *Type) Key(name string) *Key {
	for _, k := range t.Keys {
		if k.Name == name || t.AnyCase && strings.EqualFold(k.Name, name) {
			return k
		}
	}
	for _, k := range t.Free {
		if k.Names == nil || k.Names.MatchString(name) {
			return k
		}
	}
	return nil
}

// Accepts says whether a value of that kind may stand here.
func (t *Type) Accepts(kind model.Kind) bool { return slices.Contains(t.Kinds, kind) }

// Arms returns the alternatives, or the type itself if it has none.
func (t *Type) Arms() []*Type {
	if len(t.Alternatives) == 0 {
		return []*Type{t}
	}
	return t.Alternatives
}

// names returns the keys of the type that have one.
func (t *Type) names() []string {
	var names []string
	for _, k := range t.Keys {
		names = append(names, k.Name)
	}
	return names
}

// isScalar says whether neither a map nor a list fits.
func (t *Type) isScalar() bool { return !t.Accepts(model.Map) && !t.Accepts(model.List) }

// either returns the type of what fits one of the given types. Those that list literals of the same kind become one.
func either(types ...*Type) *Type {
	t := &Type{}
	for _, given := range types {
		for _, arm := range given.Arms() {
			t.add(arm)
		}
	}
	if len(t.Alternatives) == 1 {
		return t.Alternatives[0]
	}
	return t
}

func (t *Type) add(arm *Type) {
	for _, kind := range arm.Kinds {
		if !t.Accepts(kind) {
			t.Kinds = append(t.Kinds, kind)
		}
	}
	for i, a := range t.Alternatives {
		if len(a.Literals) > 0 && len(arm.Literals) > 0 && a.Words == arm.Words && slices.Equal(a.Kinds, arm.Kinds) {
			merged := *a
			merged.Literals = slices.Concat(a.Literals, arm.Literals)
			t.Alternatives[i] = &merged
			return
		}
	}
	t.Alternatives = append(t.Alternatives, arm)
}
