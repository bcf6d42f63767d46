package format

import (
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// named returns the type with an operator's words for it, if it has a pattern, which he could not read.
func (t *Type) named(words string) *Type {
	if words == "" || !slices.ContainsFunc(t.Arms(), func(arm *Type) bool { return arm.Pattern != nil }) {
		return t
	}
	var types []*Type
	for _, arm := range t.Arms() {
		if arm.isScalar() {
			spoken := *arm
			spoken.Words = words
			arm = &spoken
		}
		types = append(types, arm)
	}
	return either(types...)
}

// meaning returns what a comment says that a definition is: the rest of "#Name is ...", up to the first stop.
func meaning(name, comment string) string {
	name, comment = strings.TrimPrefix(name, "#"), strings.TrimPrefix(comment, "#")
	words, ok := strings.CutPrefix(comment, name+" is ")
	if !ok {
		return ""
	}
	for _, stop := range []string{": ", "; ", ". "} {
		words, _, _ = strings.Cut(words, stop)
	}
	return strings.TrimSuffix(words, ".")
}

// want says what the type accepts, in an operator's words. That a value may be null is not said, unless nothing else is accepted.
func (t *Type) want() string {
	words := []string{oneOf(t.Arms())}
	for _, arm := range t.Arms() {
		if w := arm.words(); !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	if len(words) == 0 {
		return "no value"
	}
	return strings.Join(words, ", or ")
}

// oneOf names the literals that the types list.
func oneOf(types []*Type) string {
	var quoted []string
	for _, t := range types {
		for _, literal := range t.Literals {
			if t.Words == "" {
				quoted = append(quoted, quote(t.Kinds[0], literal))
			}
		}
	}
	if len(quoted) < 2 {
		return strings.Join(quoted, "")
	}
	return "one of " + strings.Join(quoted, ", ")
}

// words says what a type without alternatives accepts, other than null and listed literals.
func (t *Type) words() string {
	switch {
	case t.Words != "":
		return t.Words
	case len(t.Literals) > 0 || t.Kinds[0] == model.Null:
		return ""
	case t.Pattern != nil:
		return "text that matches " + t.Pattern.String()
	}
	return t.Kinds[len(t.Kinds)-1].String() + limits(t.Min, t.Max)
}

// limits says between which bounds a number has to be.
func limits(low, high *Bound) string {
	if low != nil && high != nil && !low.Exclusive && !high.Exclusive {
		return " from " + low.String() + " to " + high.String()
	}
	var words []string
	if low != nil && low.Exclusive {
		words = append(words, " above "+low.String())
	} else if low != nil {
		words = append(words, " of at least "+low.String())
	}
	if high != nil && high.Exclusive {
		words = append(words, " below "+high.String())
	} else if high != nil {
		words = append(words, " of at most "+high.String())
	}
	return strings.Join(words, " and")
}

// String returns the value of the bound.
func (b *Bound) String() string { return strconv.FormatFloat(b.Value, 'f', -1, 64) }

// quote returns a scalar as an operator would write it.
func quote(kind model.Kind, text string) string {
	if kind == model.String {
		return strconv.Quote(text)
	}
	return text
}
