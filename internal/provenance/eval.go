package provenance

import (
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"

	"github.com/matrixgen/matrixgen/internal/model"
)

// eval works out an expression. What is a type or a constraint gives an unknown value.
func (s *scope) eval(expr ast.Expr) value {
	switch e := expr.(type) {
	case *ast.ParenExpr:
		return s.eval(e.X)
	case *ast.BasicLit:
		return s.basic(e)
	case *ast.Interpolation:
		return s.interpolate(e)
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr:
		return s.read(s.resolve(expr))
	case *ast.ListLit:
		return s.list(e)
	case *ast.StructLit:
		return s.anonymous(e).value()
	case *ast.UnaryExpr:
		return s.unary(e)
	case *ast.BinaryExpr:
		return s.binary(e)
	case *ast.CallExpr:
		return s.call(e)
	case *ast.SliceExpr:
		return s.slice(e)
	}
	return value{from: notFollowed(expr, kindOf(expr))}
}

// kindOf names a kind of expressions that is not followed.
func kindOf(expr ast.Expr) string {
	switch expr.(type) {
	case *ast.BottomLit:
		return "bottom (_|_) as a value"
	case *ast.Func:
		return "a function type"
	}
	return "an expression of an unknown kind"
}

// read returns the value that a reference leads to.
func (s *scope) read(r reference) value {
	if r.node == nil {
		return value{missing: r.missing, from: r.from, because: r.because}
	}
	v := r.node.value()
	v.from, v.because = v.from.and(r.from), v.because.and(r.because)
	return v
}

func (s *scope) basic(lit *ast.BasicLit) value {
	kinds := map[token.Token]model.Kind{token.INT: model.Int, token.FLOAT: model.Float, token.TRUE: model.Bool, token.FALSE: model.Bool, token.NULL: model.Null}
	if kind, ok := kinds[lit.Kind]; ok {
		return value{known: true, kind: kind, text: lit.Value}
	}
	info, start, _, err := literal.ParseQuotes(lit.Value, lit.Value)
	if err != nil {
		return value{from: notFollowed(lit, "a literal that cannot be read")}
	}
	return value{known: true, kind: model.String, spans: s.fragment(lit, info, start, true, true)}
}

// fragment returns the text of a literal, or of a piece of one between interpolations: a span for each of its lines in the schema.
func (s *scope) fragment(lit *ast.BasicLit, info literal.QuoteInfo, start int, first, last bool) []span {
	text, err := info.Unquote(lit.Value[start:])
	if err != nil {
		return []span{{from: notFollowed(lit, "a text that cannot be read")}}
	}
	line := position(lit.Pos()).Line
	breaks := strings.Count(lit.Value, "\n")
	if info.IsMulti() && first {
		line, breaks = line+1, breaks-1
	}
	if info.IsMulti() && last {
		breaks--
	}
	if !info.IsMulti() || breaks != strings.Count(text, "\n") {
		return []span{{text: text, from: causes{s.t.stepAt(lit, line)}}}
	}
	var spans []span
	for i, piece := range strings.SplitAfter(text, "\n") {
		spans = append(spans, span{text: piece, from: causes{s.t.stepAt(lit, line+i)}})
	}
	return spans
}

func (s *scope) interpolate(e *ast.Interpolation) value {
	first, last := e.Quotes()
	info, start, _, err := literal.ParseQuotes(first.Value, last.Value)
	if err != nil {
		return value{from: notFollowed(e, "an interpolation that cannot be read")}
	}
	v := value{known: true, kind: model.String}
	for i, elt := range e.Elts {
		if i%2 == 0 {
			v.spans = append(v.spans, s.fragment(elt.(*ast.BasicLit), info, start, i == 0, i == len(e.Elts)-1)...)
			start = 1 // the parenthesis
			continue
		}
		part := s.eval(elt)
		if !part.known {
			return value{missing: part.missing, from: part.content(), because: part.choice()}
		}
		v.spans = append(v.spans, part.flat()...)
	}
	return v
}

// flat returns the value as pieces of a text, each with all its causes.
func (v value) flat() []span {
	if v.kind != model.String {
		return []span{{text: v.text, from: v.from, because: v.because}}
	}
	spans := make([]span, len(v.spans))
	for i, s := range v.spans {
		s.from, s.because = v.from.and(s.from), v.because.and(s.because)
		spans[i] = s
	}
	return spans
}

func (s *scope) unary(e *ast.UnaryExpr) value {
	switch e.Op {
	case token.NOT, token.SUB, token.ADD:
		return s.t.calculate(e, []value{s.eval(e.X)}, func(args []ast.Expr) ast.Expr { return &ast.UnaryExpr{Op: e.Op, X: args[0]} })
	}
	return value{} // a bound
}

func (s *scope) binary(e *ast.BinaryExpr) value {
	switch e.Op {
	case token.AND, token.OR:
		return s.anonymous(e).value()
	case token.LAND, token.LOR:
		return s.logic(e)
	case token.EQL, token.NEQ:
		if _, ok := e.Y.(*ast.BottomLit); ok {
			return s.exists(e.X, e.Op == token.NEQ)
		}
	}
	x, y := s.eval(e.X), s.eval(e.Y)
	if e.Op == token.ADD && x.known && y.known && x.kind == model.String && y.kind == model.String {
		return value{known: true, kind: model.String, spans: append(x.flat(), y.flat()...)}
	}
	return s.t.calculate(e, []value{x, y}, func(args []ast.Expr) ast.Expr { return &ast.BinaryExpr{X: args[0], Op: e.Op, Y: args[1]} })
}

// logic works out && and ||. If one side decides, the other is no cause.
func (s *scope) logic(e *ast.BinaryExpr) value {
	decides := e.Op == token.LOR
	x, y := s.eval(e.X), s.eval(e.Y)
	switch {
	case !x.known:
		return x
	case x.isTrue() == decides:
		return x
	case !y.known || y.isTrue() == decides:
		return y
	}
	x.from, x.because = x.from.and(y.from), x.because.and(y.because)
	return x
}

// exists compares with bottom: whether something is there.
func (s *scope) exists(expr ast.Expr, want bool) value {
	r := s.resolve(expr)
	there, from := r.node != nil, r.from.and(r.because)
	if there {
		v := r.node.value()
		if there = !v.missing; there {
			from = from.and(r.node.presence())
		} else {
			from = from.and(v.from, v.because)
		}
	}
	text := "false"
	if there == want {
		text = "true"
	}
	return value{known: true, kind: model.Bool, text: text, from: from}
}
