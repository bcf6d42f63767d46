package language

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
)

// definition is the struct that describes a stack, and anyName what stands in a path for a name that an operator chooses.
const (
	definition = "#Stack"
	anyName    = "NAME"
)

// reader makes fields of the syntax of the schema.
type reader struct {
	definitions map[string]*ast.Field
	// scopes are the paths of the fields whose structs were entered.
	scopes map[ast.Node]string
	err    error // the first that happened
}

func newReader() *reader {
	return &reader{definitions: map[string]*ast.Field{}, scopes: map[ast.Node]string{}}
}

// define takes in what a file of the schema defines.
func (r *reader) define(name string, text []byte) error {
	file, err := parser.ParseFile(name, text, parser.ParseComments)
	if err != nil {
		return err
	}
	for _, decl := range file.Decls {
		if field, ok := decl.(*ast.Field); ok {
			if label, ok := field.Label.(*ast.Ident); ok {
				r.definitions[label.Name] = field
			}
		}
	}
	return nil
}

// stack returns the reference of what was defined.
func (r *reader) stack() (*Reference, error) {
	stack := r.definitions[definition]
	if stack == nil {
		return nil, errors.New("nothing defines " + definition)
	}
	root := &Field{}
	r.value(root, stack.Value, nil)
	return &Reference{Intro: strings.TrimPrefix(doc(stack), definition+" is "), Fields: root.Fields}, r.err
}

// fail notes what the reference has no words for.
func (r *reader) fail(n ast.Node, problem string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s: %s", n.Pos(), problem)
	}
}

// value adds to the field what the structs of an expression describe.
func (r *reader) value(f *Field, e ast.Expr, when []ast.Expr) {
	switch e := e.(type) {
	case *ast.StructLit:
		r.scopes[e] = f.Path
		for _, decl := range e.Elts {
			r.decl(f, decl, when)
		}
	case *ast.Ident:
		if defined := r.definitions[e.Name]; defined != nil {
			r.value(f, defined.Value, when)
		}
	case *ast.BinaryExpr:
		r.value(f, e.X, when)
		r.value(f, e.Y, when)
	case *ast.ParenExpr:
		r.value(f, e.X, when)
	case *ast.ListLit:
		for _, item := range e.Elts {
			if items, ok := item.(*ast.Ellipsis); ok && items.Type != nil {
				of := &Field{Path: f.Path + "[]"}
				r.value(of, items.Type, when)
				f.Fields = append(f.Fields, of.Fields...)
			}
		}
	}
}

func (r *reader) decl(parent *Field, decl ast.Decl, when []ast.Expr) {
	switch d := decl.(type) {
	case *ast.Field:
		r.field(parent, d, when)
	case *ast.Comprehension:
		for _, clause := range d.Clauses {
			condition, ok := clause.(*ast.IfClause)
			if !ok {
				// Once for each of several: it narrows what another says.
				if r.describes(d.Value) {
					r.fail(clause, "only conditions stand before a field")
				}
				return
			}
			when = append(when[:len(when):len(when)], condition.Condition)
		}
		r.value(parent, d.Value, when)
	}
}

// describes reports whether an expression says what to write in a field, and does not only narrow it.
func (r *reader) describes(value ast.Node) bool {
	found := false
	ast.Walk(value, func(n ast.Node) bool {
		if field, ok := n.(*ast.Field); ok && (doc(field) != "" || attribute(field, "expect") != "") {
			found = true
		}
		return !found
	}, nil)
	return found
}

// field adds a field to its parent, unless it is hidden, or describes nothing: it then only narrows, under a condition, what another says.
func (r *reader) field(parent *Field, field *ast.Field, when []ast.Expr) {
	if _, pattern := field.Label.(*ast.ListLit); pattern {
		r.pattern(parent, field)
		return
	}
	name, identifier, err := ast.LabelName(field.Label)
	if err != nil || identifier && strings.ContainsAny(name[:1], "_#") {
		return
	}
	meaning := Meaning{
		Doc: doc(field), Want: attribute(field, "expect"), Default: r.defaultOf(field),
		Required: field.Constraint == token.NOT, Optional: field.Constraint == token.OPTION,
	}
	if strings.HasPrefix(meaning.Want, "nothing") {
		return // it is there to be refused
	}
	f := &Field{Path: below(parent.Path, name)}
	known := slices.IndexFunc(parent.Fields, func(other *Field) bool { return other.Path == f.Path })
	if known >= 0 {
		f = parent.Fields[known]
	}
	had := len(f.Fields)
	r.value(f, field.Value, nil)
	if len(when) > 0 && meaning.Doc == "" && meaning.Want == "" && len(f.Fields) == had {
		return
	}
	meaning.When = r.conditions(when)
	f.add(meaning)
	if known < 0 {
		parent.Fields = append(parent.Fields, f)
	}
}

// pattern adds what the fields of any name in the parent have, where that is a definition.
func (r *reader) pattern(parent *Field, field *ast.Field) {
	each := &Field{Path: below(parent.Path, anyName)}
	r.value(each, field.Value, nil)
	parent.Fields = append(parent.Fields, each.Fields...)
}

// below returns the path of a field of that name in another.
func below(path, name string) string {
	if !ast.IsValidIdent(name) {
		name = literal.String.Quote(name)
	}
	if path == "" {
		return name
	}
	return path + "." + name
}

// add adds a meaning. What a definition and its use say under the same condition is one.
func (f *Field) add(m Meaning) {
	for i, known := range f.Meanings {
		if known.When == m.When {
			f.Meanings[i] = Meaning{
				When: m.When, Required: m.Required || known.Required, Optional: m.Optional && known.Optional,
				Doc: either(m.Doc, known.Doc), Want: either(m.Want, known.Want), Default: either(m.Default, known.Default),
			}
			return
		}
	}
	f.Meanings = append(f.Meanings, m)
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// doc returns the comment above a field in Markdown: indented lines, as in Go, are an example.
func doc(field *ast.Field) string {
	var lines []string
	example := false
	for _, group := range ast.Comments(field) {
		if !group.Doc {
			continue
		}
		for line := range strings.SplitSeq(group.Text(), "\n") {
			code, indented := strings.CutPrefix(line, "\t")
			switch {
			case indented && !example:
				lines = append(lines, "```cue")
			case !indented && example && line != "":
				lines = append(trimBlank(lines), "```", "")
			}
			example = indented || example && line == ""
			lines = append(lines, code)
		}
	}
	if lines = trimBlank(lines); example {
		lines = append(lines, "```")
	}
	return strings.Join(lines, "\n")
}

// trimBlank returns the lines without the blank ones at the end.
func trimBlank(lines []string) []string {
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// attribute returns the text of a field's attribute, or "".
func attribute(field *ast.Field, name string) string {
	for _, a := range field.Attrs {
		if key, body := a.Split(); key == name {
			if text, err := literal.Unquote(body); err == nil {
				return text
			}
		}
	}
	return ""
}
