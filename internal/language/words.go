package language

import (
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/token"
)

// defaultOf returns what a field is when it is not written: the literal, or words for it. What is computed, @otherwise("…") says.
func (r *reader) defaultOf(field *ast.Field) string {
	if words := attribute(field, "otherwise"); words != "" {
		return words
	}
	marked := defaultArm(field.Value)
	if marked == nil {
		return ""
	}
	switch e := marked.(type) {
	case *ast.Interpolation:
		return code(interpolated(e))
	case *ast.Ident, *ast.SelectorExpr:
		return "that of " + r.reference(e)
	case *ast.IndexExpr:
		if table, ok := e.X.(*ast.StructLit); ok {
			return r.table(table, r.reference(e.Index))
		}
	case *ast.BasicLit, *ast.ListLit:
		return code(source(e))
	}
	r.fail(marked, `the default is computed: say it in words with @otherwise("…")`)
	return ""
}

// defaultArm returns the arm of a disjunction that is marked as its default, or nil.
func defaultArm(e ast.Expr) ast.Expr {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return defaultArm(e.X)
	case *ast.UnaryExpr:
		if e.Op == token.MUL {
			return e.X
		}
	case *ast.BinaryExpr:
		for _, side := range []ast.Expr{e.X, e.Y} {
			if arm := defaultArm(side); arm != nil {
				return arm
			}
		}
	}
	return nil
}

// interpolated returns a text with <field> for \(field).
func interpolated(e *ast.Interpolation) string {
	var b strings.Builder
	for i, part := range e.Elts {
		text := source(part)
		if i%2 == 1 {
			b.WriteString("<" + text + ">")
			continue
		}
		b.WriteString(strings.TrimSuffix(strings.TrimPrefix(text, ")"), `\(`))
	}
	return b.String()
}

// table says which value of a table is meant: `587` when `smtp.mode` is `"starttls"`, and so on.
func (r *reader) table(table *ast.StructLit, by string) string {
	var rows []string
	for _, decl := range table.Elts {
		if row, ok := decl.(*ast.Field); ok {
			name, _, _ := ast.LabelName(row.Label)
			rows = append(rows, code(source(row.Value))+" when "+by+" is "+code(`"`+name+`"`))
		}
	}
	return strings.Join(rows, ", ")
}

// conditions says when all the conditions hold.
func (r *reader) conditions(all []ast.Expr) string {
	var words []string
	for _, e := range all {
		words = append(words, r.condition(e))
	}
	return strings.Join(words, " and ")
}

// condition says when a condition holds.
func (r *reader) condition(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident, *ast.SelectorExpr:
		return "when " + r.reference(e) + " is `true`"
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			return "when " + r.reference(e.X) + " is `false`"
		}
	case *ast.BinaryExpr:
		_, absent := e.Y.(*ast.BottomLit)
		switch {
		case e.Op == token.LAND:
			return r.conditions([]ast.Expr{e.X, e.Y})
		case e.Op == token.LOR:
			return r.condition(e.X) + " or " + r.condition(e.Y)
		case e.Op == token.EQL && absent:
			return "without " + r.reference(e.X)
		case e.Op == token.NEQ && absent:
			return "with " + r.reference(e.X)
		case e.Op == token.EQL:
			return "when " + r.reference(e.X) + " is " + r.operand(e.Y)
		case e.Op == token.NEQ:
			return "when " + r.reference(e.X) + " is not " + r.operand(e.Y)
		}
	}
	r.fail(e, "the reference has no words for this condition")
	return ""
}

// operand returns a literal as it is, and a field by its path.
func (r *reader) operand(e ast.Expr) string {
	if _, ok := e.(*ast.BasicLit); ok {
		return code(source(e))
	}
	return r.reference(e)
}

// reference returns the path of the field that an expression refers to: the parser has found the struct in which its first name stands.
func (r *reader) reference(e ast.Expr) string {
	first := e
	for {
		selector, ok := first.(*ast.SelectorExpr)
		if !ok {
			break
		}
		first = selector.X
	}
	name, ok := first.(*ast.Ident)
	scope, known := "", false
	if ok {
		scope, known = r.scopes[name.Scope]
	}
	if !known {
		r.fail(e, "it refers to no field of a stack")
	}
	if outer, parameter := strings.CutPrefix(source(e), "#"); parameter { // what a definition is told of the stack around it, under the same name
		return code(outer)
	}
	return code(strings.TrimPrefix(scope+"."+source(e), "."))
}

// source returns an expression as it is written.
func source(n ast.Node) string {
	if lit, ok := n.(*ast.BasicLit); ok {
		return lit.Value
	}
	text, err := format.Node(n)
	if err != nil {
		return ""
	}
	return string(text)
}

func code(text string) string { return "`" + text + "`" }
