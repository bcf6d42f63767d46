package format

import (
	"regexp"
	"strconv"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"

	"github.com/matrixgen/matrixgen/internal/model"
)

// expr returns the type that an expression of the subset stands for.
func (b *builder) expr(e ast.Expr) *Type {
	switch e := e.(type) {
	case *ast.Ident:
		return b.name(e)
	case *ast.BasicLit:
		return b.literal(e)
	case *ast.ParenExpr:
		return b.expr(e.X)
	case *ast.UnaryExpr:
		return &Type{Kinds: []model.Kind{model.String}, Pattern: b.pattern(e)}
	case *ast.BinaryExpr:
		if e.Op == token.AND {
			return b.bounded(e)
		}
		if e.Op == token.OR {
			return either(b.expr(e.X), b.expr(e.Y))
		}
	case *ast.ListLit:
		if len(e.Elts) == 1 {
			if items, ok := e.Elts[0].(*ast.Ellipsis); ok && items.Type != nil {
				t := &Type{Kinds: []model.Kind{model.List}}
				b.later = append(b.later, func() { t.Items = b.expr(items.Type) })
				return t
			}
		}
		return b.fail(e, "a list is written [...T]")
	case *ast.StructLit:
		if e.Lbrace.IsValid() {
			t := &Type{Kinds: []model.Kind{model.Map}}
			b.maps = append(b.maps, t)
			b.later = append(b.later, func() { b.fields(t, e.Elts) })
			return t
		}
	}
	return b.fail(e, "not a type of the subset")
}

// name returns the type that is built in, or the definition.
func (b *builder) name(id *ast.Ident) *Type {
	switch id.Name {
	case "string":
		return &Type{Kinds: []model.Kind{model.String}}
	case "bool":
		return &Type{Kinds: []model.Kind{model.Bool}}
	case "int":
		return &Type{Kinds: []model.Kind{model.Int}}
	case "number":
		return &Type{Kinds: []model.Kind{model.Int, model.Float}}
	case "_":
		return &Type{Kinds: []model.Kind{model.Null, model.Bool, model.Int, model.Float, model.String, model.List, model.Map}, Open: true}
	}
	return b.definition(id)
}

func (b *builder) literal(lit *ast.BasicLit) *Type {
	switch lit.Kind {
	case token.NULL:
		return &Type{Kinds: []model.Kind{model.Null}}
	case token.TRUE, token.FALSE:
		return &Type{Kinds: []model.Kind{model.Bool}, Literals: []string{lit.Value}}
	case token.INT:
		return &Type{Kinds: []model.Kind{model.Int}, Literals: []string{lit.Value}}
	case token.FLOAT:
		return &Type{Kinds: []model.Kind{model.Float}, Literals: []string{lit.Value}}
	case token.STRING:
		return &Type{Kinds: []model.Kind{model.String}, Literals: []string{b.text(lit)}}
	}
	return b.fail(lit, "not a literal of the subset")
}

func (b *builder) text(lit *ast.BasicLit) string {
	text, err := literal.Unquote(lit.Value)
	if err != nil {
		b.fail(lit, err.Error())
	}
	return text
}

// pattern returns the regular expression behind =~.
func (b *builder) pattern(e *ast.UnaryExpr) *regexp.Regexp {
	lit, ok := e.X.(*ast.BasicLit)
	if e.Op != token.MAT || !ok || lit.Kind != token.STRING {
		b.fail(e, "only =~ and a text stand alone; a bound stands with a kind, as in int & >=0")
		return nil
	}
	text := b.text(lit)
	if pattern := b.patterns[text]; pattern != nil {
		return pattern
	}
	pattern, err := regexp.Compile(text)
	if err != nil {
		b.fail(lit, err.Error())
		return nil
	}
	b.patterns[text] = pattern
	return pattern
}

// bounded returns the kind of number before &, with the bound behind it.
func (b *builder) bounded(e *ast.BinaryExpr) *Type {
	t := *b.expr(e.X)
	bound, ok := e.Y.(*ast.UnaryExpr)
	if !ok || len(t.Alternatives) > 0 || !t.Accepts(model.Int) || !t.isScalar() {
		return b.fail(e, "only int or number stands before &, and only a bound behind it")
	}
	value, ok := number(bound.X)
	switch {
	case ok && (bound.Op == token.GEQ || bound.Op == token.GTR):
		t.Min = &Bound{Value: value, Exclusive: bound.Op == token.GTR}
	case ok && (bound.Op == token.LEQ || bound.Op == token.LSS):
		t.Max = &Bound{Value: value, Exclusive: bound.Op == token.LSS}
	default:
		return b.fail(bound, "not a bound")
	}
	return &t
}

func number(e ast.Expr) (float64, bool) {
	sign := ""
	if minus, ok := e.(*ast.UnaryExpr); ok && minus.Op == token.SUB {
		sign, e = "-", minus.X
	}
	lit, ok := e.(*ast.BasicLit)
	if !ok {
		return 0, false
	}
	value, err := strconv.ParseFloat(sign+lit.Value, 64)
	return value, err == nil
}
