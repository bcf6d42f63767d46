package compile

import "cuelang.org/go/cue"

// declarations returns the field in the given structs, whether it has a value or a default there, is optional or required, or is what the fields of
// any name have.
func declarations(path fieldPath, in ...cue.Value) []cue.Value {
	var found []cue.Value
	for _, from := range in {
		parents := []cue.Value{from}
		for i, name := range path.selectors().Selectors() {
			var fields []cue.Value
			for _, parent := range parents {
				there := fieldsNamed(parent, name)
				if i < len(path)-1 && len(there) > 1 {
					there = there[:1]
				}
				if i < len(path)-1 && len(there) == 1 {
					there = ofEachKind(there[0])
				}
				fields = append(fields, there...)
			}
			parents = fields
		}
		found = append(found, parents...)
	}
	return found
}

// fieldsNamed returns what a struct or a list says of one of its fields or items.
func fieldsNamed(from cue.Value, name cue.Selector) []cue.Value {
	selectors := []cue.Selector{name, cue.AnyIndex}
	if name.LabelType() == cue.StringLabel {
		selectors = []cue.Selector{name, name.Optional(), cue.Str(name.Unquoted()).Required()}
	}
	var found []cue.Value
	for _, selector := range selectors {
		if field := from.LookupPath(cue.MakePath(selector)); field.Exists() {
			found = append(found, field)
		}
	}
	return found
}

// mostKinds is of how many sorts a struct is looked at: no more than that decide on fields of the language.
const mostKinds = 64

// ofEachKind returns a struct as it is, and for each choice of words that it has: its kind first, then where it runs and such. What fields it has may
// depend on that.
func ofEachKind(of cue.Value) []cue.Value {
	found := ofEachWord([]cue.Value{of}, cue.ParsePath("kind"))
	fields, err := of.Fields()
	for err == nil && fields.Next() {
		if at := cue.MakePath(fields.Selector()); at.String() != "kind" {
			found = ofEachWord(found, at)
		}
	}
	return found
}

// ofEachWord returns structs as they are, and with each of the words that one of their fields may be; unless they become too many.
func ofEachWord(structs []cue.Value, at cue.Path) []cue.Value {
	op, words := structs[0].LookupPath(at).Expr()
	if op != cue.OrOp || len(structs)*len(words) > mostKinds {
		return structs
	}
	found := structs
	for _, one := range structs {
		for _, word := range words {
			if text, err := word.String(); err == nil {
				found = append(found, one.FillPath(at, text))
			}
		}
	}
	return found
}

// allowed returns what the language has at the path.
func (e *explainer) allowed(path fieldPath) []cue.Value { return declarations(path, e.language) }
