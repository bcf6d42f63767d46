package compile

import (
	"fmt"
	"slices"

	"cuelang.org/go/cue"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/suggest"
)

// unknownFields walks what the operator wrote and reports the fields that the language does not have there. CUE names them, too, but not
// those of a struct in which something else is wrong.
func (e *explainer) unknownFields(path fieldPath, written cue.Value) []diag.Finding {
	if len(path) == 1 && path[0] == "extra" || len(path) == 2 && path[0] == "override" {
		return nil
	}
	allowed := e.allowed(path)
	fields, err := written.Fields()
	if err != nil || len(allowed) == 0 || slices.ContainsFunc(allowed, func(a cue.Value) bool { return a.IncompleteKind() != cue.StructKind }) {
		return nil
	}
	var ofKinds []cue.Value
	for _, a := range allowed {
		ofKinds = append(ofKinds, ofEachKind(a)...) // of the wrong kind, CUE tells
	}
	var findings []diag.Finding
	for fields.Next() {
		inner := path.with(fields.Selector().String())
		if !slices.ContainsFunc(ofKinds, func(a cue.Value) bool { return a.Allows(fields.Selector()) }) {
			findings = append(findings, e.unknownField(inner, e.sources.position(e.label(inner))))
			continue
		}
		findings = append(findings, e.unknownFields(inner, fields.Value())...)
	}
	return findings
}

func (e *explainer) unknownField(path fieldPath, at diag.Position) diag.Finding {
	if len(path) == 0 {
		return diag.Finding{Position: at, Message: e.sources.noun() + " is fields in braces"}
	}
	parent, name := path[:len(path)-1], path[len(path)-1]
	if label := e.label(path); label.IsValid() {
		at = e.sources.position(label)
	}
	f := diag.Finding{Rule: "schema", Severity: diag.Error, Position: at, Message: fmt.Sprintf("%s has no field %s", e.sources.noun(), path)}
	if len(parent) > 0 {
		f.Message = fmt.Sprintf("%s has no field %s", parent, name)
	}
	if where := e.only(parent, name); where != "" {
		f.Message = fmt.Sprintf("%s has no field %s unless %s", parent, name, where)
		return f
	}
	if why := e.lacks(parent, name); why != "" {
		f.Message, f.Hint = fmt.Sprintf("%s has no field %s: %s", parent, name, why), "delete it"
		return f
	}
	if len(declarations(path, e.language)) > 0 {
		if kind, err := e.stack.LookupPath(parent.with("kind").selectors()).String(); err == nil {
			f.Message = fmt.Sprintf("%s has no field %s when kind is %q", parent, name, kind)
		}
		return f
	}
	if renamed, hint, same := e.renamed(parent, name); renamed != "" {
		if f.Hint = hint; same && !e.written.LookupPath(parent.with(renamed).selectors()).Exists() {
			f.Fix = diag.Rename(at, name, renamed)
		}
		return f
	}
	names := e.fieldNames(parent)
	if want := e.expected(parent); len(names) == 0 && want != "" {
		f.Hint = "it takes " + want
		return f
	}
	if nearest := suggest.Nearest(name, names); nearest != "" {
		f.Hint = fmt.Sprintf("did you mean %s?", nearest)
		if nearest == suggest.Meant(name, names) && !e.written.LookupPath(parent.with(nearest).selectors()).Exists() {
			f.Fix = diag.Rename(at, name, nearest)
		}
	}
	return f
}

// renamed returns the field that has taken the place of one that the language once had, the way out, and whether nothing but the name is another.
// The field says so itself: @formerly("old name", "the way out", rename).
func (e *explainer) renamed(parent fieldPath, old string) (name, hint string, same bool) {
	for _, allowed := range e.allowed(parent) {
		fields, err := allowed.Fields(cue.Optional(true))
		for err == nil && fields.Next() {
			for _, attribute := range fields.Value().Attributes(cue.FieldAttr) {
				if was, err := attribute.String(0); err != nil || attribute.Name() != "formerly" || was != old {
					continue
				}
				hint, _ := attribute.String(1)
				same, _ := attribute.Flag(2, "rename")
				return fields.Selector().Unquoted(), hint, same
			}
		}
	}
	return "", "", false
}

// only says when the parent has a field that it has not always, or "". The parent says so itself: @only("field", "what else it says").
func (e *explainer) only(parent fieldPath, name string) string {
	for _, allowed := range e.allowed(parent) {
		for _, attribute := range allowed.Attributes(cue.FieldAttr) {
			if field, err := attribute.String(0); err == nil && attribute.Name() == "only" && field == name {
				where, _ := attribute.String(1)
				return where
			}
		}
	}
	return ""
}

// lacks says why what is of a kind has no field that others of its sort have, or "". The parent says so itself: @lacks("kind", "field", "why").
func (e *explainer) lacks(parent fieldPath, name string) string {
	kind, err := e.stack.LookupPath(parent.with("kind").selectors()).String()
	if err != nil {
		return ""
	}
	for _, allowed := range e.allowed(parent) {
		for _, attribute := range allowed.Attributes(cue.FieldAttr) {
			of, _ := attribute.String(0)
			field, _ := attribute.String(1)
			if attribute.Name() == "lacks" && of == kind && field == name {
				why, _ := attribute.String(2)
				return why
			}
		}
	}
	return ""
}

// fieldNames returns the fields that the language has at the path.
func (e *explainer) fieldNames(parent fieldPath) []string {
	var names []string
	for _, allowed := range e.allowed(parent) {
		fields, err := allowed.Fields(cue.Optional(true))
		for err == nil && fields.Next() {
			names = append(names, fields.Selector().Unquoted())
		}
	}
	return names
}
