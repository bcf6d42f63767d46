package provenance_test

import (
	"io/fs"
	"strings"
	"testing"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/parser"

	"github.com/matrixgen/matrixgen/schema"
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
	names, err := fs.Glob(schema.Files, "stack/*.cue")
	if err != nil {
		t.Fatal(err)
	}
	defined := definitions{}
	for _, name := range names {
		text, err := schema.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(name, text)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if field, ok := decl.(*ast.Field); ok {
				name, _, _ := ast.LabelName(field.Label)
				defined[name] = field.Value
			}
		}
	}
	return defined.fieldsOf(defined["#Stack"], "")
}

// definitions are those of the schema, by name.
type definitions map[string]ast.Expr

func (d definitions) fieldsOf(expr ast.Expr, prefix string) []string {
	var fields []string
	switch e := expr.(type) {
	case *ast.StructLit:
		for _, decl := range e.Elts {
			switch decl := decl.(type) {
			case *ast.Field:
				name, _, err := ast.LabelName(decl.Label)
				if err != nil || strings.HasPrefix(name, "#") || strings.HasPrefix(name, "_") || strings.HasPrefix(name, "m.") {
					continue
				}
				if path := prefix + name; path == "override" || path == "extra" || path == "acknowledge" || path == "unchecked" {
					continue
				} else if inner := d.fieldsOf(decl.Value, path+"."); len(inner) > 0 {
					fields = append(fields, inner...)
				} else {
					fields = append(fields, path)
				}
			case *ast.Comprehension:
				fields = append(fields, d.fieldsOf(decl.Value, prefix)...)
			}
		}
	case *ast.Ident:
		if _, ok := d[e.Name].(*ast.StructLit); ok {
			return d.fieldsOf(d[e.Name], prefix)
		}
	case *ast.BinaryExpr:
		if e.Op.String() == "&" {
			fields = append(d.fieldsOf(e.X, prefix), d.fieldsOf(e.Y, prefix)...)
		}
	}
	return fields
}
