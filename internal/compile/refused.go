package compile

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// withoutEffect stands between a field without effect and the reason.
const withoutEffect = " has no effect: "

// Idle reports whether a finding of [Compiler.Compile] is that a field has no effect: without it, the stack is the same.
func Idle(f diag.Finding) bool {
	return f.Rule == "schema" && strings.Contains(f.Message, withoutEffect)
}

// refused finds what a stack should not say, though it fits the language.
func (e *explainer) refused(folder string, outputs cue.Value) ([]diag.Finding, error) {
	clashing, err := e.clashing(outputs.LookupPath(cue.ParsePath("#wired.clashes")))
	if err != nil {
		return nil, err
	}
	kept, err := e.clashing(outputs.LookupPath(cue.ParsePath("#wired.kept")))
	if err != nil {
		return nil, err
	}
	for i := range kept {
		kept[i].Secret = true
	}
	useless, err := e.useless(folder, outputs.LookupPath(cue.ParsePath("#wired.idle")))
	return slices.Concat(clashing, kept, useless), err
}

// useless finds what the stack's own files say without that anything follows from it, and clashing what does not go together in all of its files, a field and
// an override that say the same among it. The wiring lists both. A field without effect in a file of the folders above is for other stacks.
func (e *explainer) useless(folder string, wiring cue.Value) ([]diag.Finding, error) {
	var findings []diag.Finding
	err := e.each(wiring, func(field fieldPath, at diag.Position, why string) {
		if path.Dir(at.File) == path.Join(StacksFolder, folder) {
			findings = append(findings, diag.Finding{Position: at, Message: fmt.Sprintf("%s%s%s", field, withoutEffect, why), Hint: "delete it"})
		}
	})
	return asErrors(findings), err
}

func (e *explainer) clashing(wiring cue.Value) ([]diag.Finding, error) {
	var findings []diag.Finding
	err := e.each(wiring, func(field fieldPath, at diag.Position, why string) {
		findings = append(findings, diag.Finding{Position: at, Message: fmt.Sprintf("%s %s", field, why)})
	})
	return asErrors(findings), err
}

// each calls visit for every path that the wiring lists, and that the operator wrote, with the text that stands there.
func (e *explainer) each(wiring cue.Value, visit func(field fieldPath, at diag.Position, text string)) error {
	fields, err := wiring.Fields()
	if err != nil {
		return fmt.Errorf("read what a stack should not say: %w", err)
	}
	for fields.Next() {
		field := listedPath(fields.Selector().Unquoted())
		for i, part := range field {
			if !ast.IsValidIdent(part) && !isIndex(part) {
				field[i] = strconv.Quote(part)
			}
		}
		text, err := fields.Value().String()
		if err != nil {
			return fmt.Errorf("read what a stack should not say: %w", err)
		}
		if at := e.sources.position(e.label(field)); at.File != "" {
			visit(field, at, text)
		}
	}
	return nil
}

// listedPath returns a path as the wiring lists it: with dots, and names that have some in quotes.
func listedPath(text string) fieldPath {
	var path fieldPath
	for text != "" {
		end, rest := ".", text
		if strings.HasPrefix(text, `"`) {
			end, rest = `"`, text[1:]
		}
		part, rest, _ := strings.Cut(rest, end)
		path, text = append(path, part), strings.TrimPrefix(rest, ".")
	}
	return path
}

func asErrors(findings []diag.Finding) []diag.Finding {
	for i := range findings {
		findings[i].Rule, findings[i].Severity = "schema", diag.Error
	}
	return findings
}
