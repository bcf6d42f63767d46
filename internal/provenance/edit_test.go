package provenance_test

import (
	"slices"
	"strings"
	"testing"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/parser"

	"github.com/matrixgen/matrixgen/internal/language"
)

// set returns the stack with a field that has another value.
func set(t *testing.T, stack, path, value string) string {
	t.Helper()
	file, err := parser.ParseFile("stack.cue", stack, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	expr, err := parser.ParseExpr(path, value)
	if err != nil {
		t.Fatal(err)
	}
	file.Decls = setIn(file.Decls, strings.Split(path, "."), expr)
	text, err := format.Node(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func setIn(decls []ast.Decl, path []string, value ast.Expr) []ast.Decl {
	for _, decl := range decls {
		field, ok := decl.(*ast.Field)
		if !ok {
			continue
		}
		if name, _, err := ast.LabelName(field.Label); err != nil || name != path[0] {
			continue
		}
		inner, isStruct := field.Value.(*ast.StructLit)
		if len(path) == 1 || !isStruct {
			field.Value = nested(path[1:], value)
			return decls
		}
		inner.Elts = setIn(inner.Elts, path[1:], value)
		return decls
	}
	return append(decls, &ast.Field{Label: ast.NewString(path[0]), Value: nested(path[1:], value)})
}

func nested(path []string, value ast.Expr) ast.Expr {
	if len(path) == 0 {
		return value
	}
	return ast.NewStruct(ast.NewString(path[0]), nested(path[1:], value))
}

// languageFields returns the fields that a stack may have and that have a value of their own, without raw upstream settings, and without what
// acknowledges a change: that is written nowhere.
func languageFields(t *testing.T) []string {
	t.Helper()
	reference, err := language.Load()
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(reference.Paths(), func(path string) bool {
		first, _, _ := strings.Cut(path, ".")
		return slices.Contains([]string{"override", "extra", "acknowledge", "unchecked"}, first) ||
			strings.Contains(path, "[]") || len(reference.Field(path).Fields) > 0
	})
}
