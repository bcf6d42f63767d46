package compile

import (
	"fmt"

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
	allowed := e.language.LookupPath(path.selectors())
	fields, err := written.Fields()
	if err != nil || !allowed.Exists() || allowed.IncompleteKind() != cue.StructKind {
		return nil
	}
	var findings []diag.Finding
	for fields.Next() {
		inner := path.with(fields.Selector().Unquoted())
		if !allowed.Allows(fields.Selector()) {
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
	if len(declarations(path, e.language)) > 0 {
		if kind, err := e.stack.LookupPath(parent.with("kind").selectors()).String(); err == nil {
			f.Message = fmt.Sprintf("%s has no field %s when kind is %q", parent, name, kind)
		}
		return f
	}
	names := e.fieldNames(parent)
	if nearest := suggest.Nearest(name, names); nearest != "" {
		f.Hint = fmt.Sprintf("did you mean %s?", nearest)
		if nearest == suggest.Meant(name, names) && !e.written.LookupPath(parent.with(nearest).selectors()).Exists() {
			f.Fix = diag.Rename(at, name, nearest)
		}
	}
	return f
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

// allowed returns what the language has at the path, which is also that of an item of a list.
func (e *explainer) allowed(path fieldPath) []cue.Value {
	last := len(path) - 1
	switch {
	case last < 0:
		return []cue.Value{e.language}
	case !isIndex(path[last]):
		return declarations(path, e.language)
	}
	var items []cue.Value
	for _, list := range e.allowed(path[:last]) {
		if item := list.LookupPath(cue.MakePath(cue.AnyIndex)); item.Exists() {
			items = append(items, item)
		}
	}
	return items
}
