package language

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"

	"github.com/matrixgen/matrixgen/schema"
)

// Derived is a key of an upstream format that the schema writes itself.
type Derived struct {
	// Fields are the fields of the language that its value is made of, by the syntax; none if it is the same for every stack.
	Fields []string
	// Replaceable says that an override may say something else.
	Replaceable bool
}

// DerivedKeys returns the keys of an upstream format that the schema writes, by path: http.listeners[].name. It is empty for a format that is
// derived in another way than as one struct.
func DerivedKeys(upstream string) (map[string]Derived, error) {
	folder, name, _ := strings.Cut(upstream, ".")
	emitted := "emit"
	if name == "#LogConfig" {
		emitted = "emitLog"
	}
	k := &keys{derived: map[string]Derived{}}
	parts, err := fs.Glob(schema.Files, "stack/*.cue")
	if err != nil {
		return nil, err
	}
	for _, name := range parts {
		file, err := k.parse(name)
		if err != nil {
			return nil, err
		}
		if body, ok := find(file.Decls, "#Wiring").(*ast.StructLit); ok {
			k.wiring = append(k.wiring, body)
		}
	}
	files, err := fs.Glob(schema.Files, folder+"/emit*.cue")
	for _, name := range files {
		file, err := k.parse(name)
		if err != nil {
			return nil, err
		}
		if body, ok := find(file.Decls, emitted).(*ast.StructLit); ok {
			k.body(body.Elts, "", scope{names: map[string]meant{}})
		}
	}
	return k.derived, err
}

// keys reads which fields of the language the values of a document are made of.
type keys struct {
	wiring  []*ast.StructLit // #Wiring as each file of the language has it
	derived map[string]Derived
}

// scope are the names that let, and the loops around a value, give to expressions.
type scope struct {
	names  map[string]meant
	wiring bool // the fields of the wiring may be named, too
}

// meant is what a name stands for: an expression, or each element of one.
type meant struct {
	expr    ast.Expr
	element bool
}

func (k *keys) parse(name string) (*ast.File, error) {
	text, err := schema.Files.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read the language: %w", err)
	}
	file, err := parser.ParseFile("schema/"+name, text)
	if err != nil {
		return nil, fmt.Errorf("read the language: %w", err)
	}
	return file, nil
}

// body notes the fields of a struct, those under conditions and in loops included.
func (k *keys) body(decls []ast.Decl, path string, s scope) {
	for _, decl := range decls {
		switch d := decl.(type) {
		case *ast.LetClause:
			s.names[d.Ident.Name] = meant{d.Expr, false}
		case *ast.Comprehension:
			k.value(d.Value, path, s.with(d.Clauses), false)
		case *ast.EmbedDecl: // what it holds is more of this map
			if fields := k.fields(d.Expr, s, map[ast.Node]bool{}); len(fields) > 0 {
				k.note(path, fields, false)
			}
		case *ast.Field:
			name, identifier, err := ast.LabelName(d.Label)
			if err != nil || identifier && strings.ContainsAny(name[:1], "_#") {
				continue
			}
			replaceable := slices.ContainsFunc(d.Attrs, func(a *ast.Attribute) bool { key, _ := a.Split(); return key == "default" })
			k.value(d.Value, strings.TrimPrefix(path+"."+name, "."), s, replaceable)
		}
	}
}

// value notes what a value is made of, or what those in it are.
func (k *keys) value(e ast.Expr, path string, s scope, replaceable bool) {
	switch e := e.(type) {
	case *ast.StructLit:
		k.body(e.Elts, path, s)
	case *ast.ListLit:
		for _, item := range e.Elts {
			k.item(item, path, s, replaceable)
		}
		k.note(path, nil, replaceable)
	default:
		k.note(path, k.fields(e, s, map[ast.Node]bool{}), replaceable)
	}
}

// item notes what an item of a list is made of.
func (k *keys) item(e ast.Expr, path string, s scope, replaceable bool) {
	comprehension, made := e.(*ast.Comprehension)
	if made {
		for _, clause := range comprehension.Clauses {
			if loop, ok := clause.(*ast.ForClause); ok {
				k.note(path, k.fields(loop.Source, s, map[ast.Node]bool{}), replaceable)
			}
		}
		s = s.with(comprehension.Clauses)
		if body, ok := comprehension.Value.(*ast.StructLit); ok {
			e = body
			if embedded, ok := onlyOf(body); ok { // if … {"federation"} is a value
				e = embedded.Expr
			}
		}
	}
	if body, ok := e.(*ast.StructLit); ok {
		k.body(body.Elts, path+"[]", s)
		return
	}
	k.note(path, k.fields(e, s, map[ast.Node]bool{}), replaceable)
}

func (k *keys) note(path string, fields []string, replaceable bool) {
	d := k.derived[path]
	for _, f := range fields {
		if !slices.Contains(d.Fields, f) {
			d.Fields = append(d.Fields, f)
		}
	}
	d.Replaceable = d.Replaceable || replaceable
	k.derived[path] = d
}

// onlyOf returns what a struct embeds, if that is all that stands in it.
func onlyOf(body *ast.StructLit) (*ast.EmbedDecl, bool) {
	if len(body.Elts) != 1 {
		return nil, false
	}
	embedded, ok := body.Elts[0].(*ast.EmbedDecl)
	return embedded, ok
}
