package provenance

import (
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"

	"github.com/matrixgen/matrixgen/internal/model"
)

// call works out a call of a function of CUE's own packages.
func (s *scope) call(e *ast.CallExpr) value {
	args := make([]value, len(e.Args))
	for i, arg := range e.Args {
		args[i] = s.eval(arg)
	}
	name := s.function(e.Fun)
	if name == "" {
		return value{from: notFollowed(e.Fun, "a call of something that is no function of CUE")}
	}
	if name == "strings.Join" && args[0].known && args[1].known {
		return join(args[0], args[1])
	}
	return s.t.calculate(e, args, func(args []ast.Expr) ast.Expr {
		return &ast.CallExpr{Fun: function(name), Args: args}
	})
}

// function returns the name of a function, with the package as the last part of its path; "" if it is none.
func (s *scope) function(fun ast.Expr) string {
	switch f := fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if r := s.resolve(f.X); r.pkg != "" {
			name, _, _ := ast.LabelName(f.Sel)
			return r.pkg[strings.LastIndex(r.pkg, "/")+1:] + "." + name
		}
	}
	return ""
}

func function(name string) ast.Expr {
	pkg, selector, ok := strings.Cut(name, ".")
	if !ok {
		return ast.NewIdent(name)
	}
	return ast.NewSel(ast.NewIdent(pkg), selector)
}

// join is strings.Join, with each part of the text keeping its causes. What is kept out of the list leaves its mark where it would stand, unless
// it would stand on a line of its own.
func join(list, separator value) value {
	v := value{known: true, kind: model.String, from: list.from, because: list.because}
	lines := strings.HasSuffix(separator.literal(), "\n") && len(list.items()) > 0
	first := true
	for _, item := range list.entries {
		if item.absent {
			if !lines {
				v.spans = append(v.spans, span{because: item.because})
			}
			continue
		}
		if !first {
			v.spans = append(v.spans, span{text: separator.literal(), because: item.because})
		}
		first = false
		for _, piece := range item.node.value().flat() {
			piece.because = piece.because.and(item.because)
			v.spans = append(v.spans, piece)
		}
	}
	return v
}

// calculate works out an expression of values that are known: most are easily told, of the others CUE does it.
func (t *tracer) calculate(at ast.Node, args []value, with func([]ast.Expr) ast.Expr) value {
	var result value
	loose := false
	for _, arg := range args {
		result.from, result.because = result.from.and(arg.content()), result.because.and(arg.choice())
		if !arg.known {
			result.missing = arg.missing
			return result
		}
		loose = loose || arg.isLoose()
	}
	if known, kind, text := easily(at, args); known {
		result.known, result.kind, result.text = true, kind, text
		return result
	}
	exprs := make([]ast.Expr, len(args))
	for i, arg := range args {
		exprs[i] = arg.expr()
	}
	calculated := t.context.BuildExpr(with(exprs), cue.InferBuiltins(true))
	if err := calculated.Err(); err != nil {
		result.from = result.from.and(notFollowed(at, "an expression that gives an error"))
		return result
	}
	t.result(&result, at, calculated)
	for i := range result.spans {
		result.spans[i].loose = loose
	}
	return result
}

// easily works out what nine of ten expressions of the schema are: texts that are compared, what is not so, and how long a list is. To have CUE do
// that takes half of the time of an answer.
func easily(at ast.Node, args []value) (known bool, kind model.Kind, text string) {
	switch e := at.(type) {
	case *ast.BinaryExpr:
		x, y := args[0], args[1]
		if (e.Op == token.EQL || e.Op == token.NEQ) && x.kind == model.String && y.kind == model.String && !x.bytes && !y.bytes {
			return true, model.Bool, strconv.FormatBool((x.literal() == y.literal()) == (e.Op == token.EQL))
		}
	case *ast.UnaryExpr:
		if e.Op == token.NOT && args[0].kind == model.Bool {
			return true, model.Bool, strconv.FormatBool(args[0].text == "false")
		}
	case *ast.CallExpr:
		if name, ok := e.Fun.(*ast.Ident); ok && name.Name == "len" && len(args) == 1 && args[0].kind == model.List {
			return true, model.Int, strconv.Itoa(len(args[0].items()))
		}
	}
	return false, model.Null, ""
}

// result notes what CUE calculated.
func (t *tracer) result(v *value, at ast.Node, calculated cue.Value) {
	v.known = true
	switch calculated.Kind() {
	case cue.StringKind:
		text, _ := calculated.String()
		v.kind, v.spans = model.String, []span{{text: text}}
	case cue.IntKind, cue.FloatKind, cue.NumberKind:
		v.kind = map[bool]model.Kind{true: model.Int, false: model.Float}[calculated.Kind() == cue.IntKind]
		text, _ := calculated.MarshalJSON()
		v.text = string(text)
	case cue.BoolKind:
		v.kind, v.text = model.Bool, "false"
		if yes, _ := calculated.Bool(); yes {
			v.text = "true"
		}
	case cue.BytesKind:
		text, _ := calculated.Bytes()
		v.kind, v.bytes, v.spans = model.String, true, []span{{text: string(text)}}
	case cue.ListKind:
		v.kind = model.List
		for items, _ := calculated.List(); items.Next(); {
			var item value
			t.result(&item, at, items.Value())
			v.entries = append(v.entries, entry{node: t.constant(item)})
		}
	default:
		v.known, v.from = false, v.from.and(notFollowed(at, "an expression that gives a "+calculated.Kind().String()))
	}
}

// isLoose reports whether a text made of the value depends on the order of fields.
func (v value) isLoose() bool {
	return v.kind == model.Map && v.known || slices.ContainsFunc(v.spans, func(s span) bool { return s.loose }) ||
		slices.ContainsFunc(v.items(), func(e entry) bool { return e.node.value().isLoose() })
}

// expr returns a value as syntax.
func (v value) expr() ast.Expr {
	switch v.kind {
	case model.String:
		if v.bytes {
			return ast.NewLit(token.STRING, literal.Bytes.Quote(v.literal()))
		}
		return ast.NewString(v.literal())
	case model.List:
		list := &ast.ListLit{}
		for _, item := range v.items() {
			list.Elts = append(list.Elts, item.node.value().expr())
		}
		return list
	case model.Map:
		structure := &ast.StructLit{}
		for _, arc := range v.node.fields() {
			if inner := arc.value(); inner.known {
				structure.Elts = append(structure.Elts, &ast.Field{Label: ast.NewString(plainName(arc.name)), Value: inner.expr()})
			}
		}
		return structure
	}
	kinds := map[model.Kind]token.Token{model.Null: token.NULL, model.Int: token.INT, model.Float: token.FLOAT}
	if v.kind == model.Bool {
		return ast.NewBool(v.text == "true")
	}
	return ast.NewLit(kinds[v.kind], v.text)
}
