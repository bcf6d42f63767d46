package compile

import (
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Meaning is what a stack says, together with what the language makes of what it does not say. All documents follow from it, but for raw settings.
type Meaning struct{ stack cue.Value }

// Equal reports whether two stacks mean the same. Both are of one compiler.
func (m *Meaning) Equal(other *Meaning) bool { return m.stack.Equals(other.stack) }

// Has reports whether a field has a value, said or not.
func (m *Meaning) Has(path []string) bool { return m.at(path).Exists() }

// Otherwise reports whether the language says of a field of this stack, by an attribute, that what it is without being said is worked out.
func (m *Meaning) Otherwise(path []string) bool {
	said := m.at(path).Attribute("otherwise")
	return said.Err() == nil
}

func (m *Meaning) at(path []string) cue.Value {
	selectors := make([]cue.Selector, len(path))
	for i, key := range path {
		selectors[i] = cue.Str(key)
	}
	return m.stack.LookupPath(cue.MakePath(selectors...))
}

// Meaning returns what a stack of that name means that says these fields, or nil if the language does not take it. It costs a part of what the documents
// cost, and says nothing of what is wrong.
func (c *Compiler) Meaning(name string, fields *model.Node) *Meaning {
	written := c.context.BuildExpr(expression(fields))
	stack := c.stack.Unify(written.FillPath(cue.MakePath(cue.Def("folder")), name))
	if stack.Validate(cue.Concrete(true)) != nil {
		return nil
	}
	return &Meaning{stack}
}

// expression returns a tree as syntax.
func expression(n *model.Node) ast.Expr {
	switch n.Kind {
	case model.Map:
		literal := &ast.StructLit{}
		for _, f := range n.Fields {
			literal.Elts = append(literal.Elts, &ast.Field{Label: ast.NewString(f.Key), Value: expression(f.Value)})
		}
		return literal
	case model.List:
		literal := &ast.ListLit{}
		for _, item := range n.Items {
			literal.Elts = append(literal.Elts, expression(item))
		}
		return literal
	case model.String:
		return ast.NewString(n.Text)
	case model.Bool:
		return ast.NewBool(n.True())
	case model.Null:
		return ast.NewNull()
	case model.Int:
		return number(token.INT, n.Text)
	}
	return number(token.FLOAT, n.Text)
}

func number(kind token.Token, text string) ast.Expr {
	if positive, negative := strings.CutPrefix(text, "-"); negative {
		return &ast.UnaryExpr{Op: token.SUB, X: ast.NewLit(kind, positive)}
	}
	return ast.NewLit(kind, text)
}
