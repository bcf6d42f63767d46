package compile

import (
	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// settle returns the data of the stack's files with their own defaults taken. A shared file may say timeZone: *"Europe/Berlin" | string, and
// a stack below it another zone; unified with the default of the language as it stands, that would be two defaults, and so none.
func (c *Compiler) settle(files []*ast.File, written cue.Value) cue.Value {
	marked := false
	for _, file := range files {
		ast.Walk(file, func(n ast.Node) bool {
			if mark, ok := n.(*ast.UnaryExpr); ok && mark.Op == token.MUL {
				marked = true
			}
			return !marked
		}, nil)
	}
	if !marked {
		return written
	}
	return c.context.BuildExpr(settled(written))
}

// settled returns the value as syntax, each literal at the place where the operator wrote it.
func settled(value cue.Value) ast.Expr {
	value, _ = value.Default()
	switch value.IncompleteKind() {
	case cue.StructKind:
		literal := &ast.StructLit{Lbrace: value.Pos()}
		for it, _ := value.Fields(); it.Next(); {
			label := ast.NewString(it.Selector().Unquoted())
			label.ValuePos = it.Value().Pos()
			field := &ast.Field{Label: label, Value: settled(it.Value())}
			for _, comment := range it.Value().Doc() {
				ast.AddComment(field, comment)
			}
			literal.Elts = append(literal.Elts, field)
		}
		return literal
	case cue.ListKind:
		literal := &ast.ListLit{Lbrack: value.Pos()}
		for it, _ := value.List(); it.Next(); {
			literal.Elts = append(literal.Elts, settled(it.Value()))
		}
		return literal
	}
	expr, ok := value.Syntax(cue.Final()).(ast.Expr)
	if !ok {
		return ast.NewIdent("_")
	}
	ast.SetPos(expr, valuePos(value))
	return expr
}
