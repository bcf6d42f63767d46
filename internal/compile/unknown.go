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
		return diag.Finding{Position: at, Message: "a stack is fields in braces"}
	}
	parent, name := path[:len(path)-1], path[len(path)-1]
	if label := e.label(path); label.IsValid() {
		at = e.sources.position(label)
	}
	f := diag.Finding{Rule: "schema", Severity: diag.Error, Position: at, Message: fmt.Sprintf("a stack has no field %s", path)}
	if len(parent) > 0 {
		f.Message = fmt.Sprintf("%s has no field %s", parent, name)
	}
	if len(declarations(path, e.language)) > 0 {
		if kind, err := e.stack.LookupPath(parent.with("kind").selectors()).String(); err == nil {
			f.Message = fmt.Sprintf("%s has no field %s when kind is %q", parent, name, kind)
		}
		return f
	}
	if nearest := e.nearestField(parent, name); nearest != "" {
		f.Hint = fmt.Sprintf("did you mean %s?", nearest)
	}
	return f
}

// nearestField returns the field of the language whose name is most like the given one, or "" if none is.
func (e *explainer) nearestField(parent fieldPath, name string) string {
	fields, err := e.language.LookupPath(parent.selectors()).Fields(cue.Optional(true))
	if err != nil {
		return ""
	}
	var names []string
	for fields.Next() {
		names = append(names, fields.Selector().Unquoted())
	}
	return suggest.Nearest(name, names)
}
