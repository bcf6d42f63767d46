package refresh

import (
	"go/ast"
	"go/constant"
	"go/token"
	"time"
)

// goValue is a value that the source says: a constant, which may be a length of time, or a list of them.
type goValue struct {
	constant constant.Value
	duration bool
	list     []goValue
}

// plain returns the value as JSON writes it.
func (v goValue) plain() any {
	if v.constant == nil {
		list := []any{}
		for _, item := range v.list {
			list = append(list, item.plain())
		}
		return list
	}
	if v.duration {
		if n, exact := constant.Int64Val(constant.ToInt(v.constant)); exact {
			return time.Duration(n).String()
		}
	}
	if v.constant.Kind() == constant.Float {
		number, _ := constant.Float64Val(v.constant)
		return number
	}
	return constant.Val(v.constant)
}

// maxSteps bounds how far a value is followed from name to name.
const maxSteps = 20

// follows returns what a value stands for: that of a variable, what a function without arguments returns, what a pointer points at.
func (s *goSettings) follows(v goDecl, steps int) goDecl {
	if steps > maxSteps {
		return goDecl{}
	}
	next := func(d goDecl) goDecl {
		if d.node == nil {
			return d
		}
		return s.follows(d, steps+1)
	}
	switch n := v.node.(type) {
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			return next(goDecl{n.X, v.file, v.in, false})
		}
	case *ast.Ident:
		return next(v.in.values[n.Name])
	case *ast.SelectorExpr:
		if name, ok := n.X.(*ast.Ident); ok {
			if p, _, err := s.imported(v.file, name.Name); err == nil && p != nil {
				return next(p.values[n.Sel.Name])
			}
			return goDecl{}
		}
	case *ast.CallExpr:
		if result := s.result(v, n); result.node != nil {
			return next(result)
		}
	}
	return v
}

// result returns what a function returns that takes nothing and has one return.
func (s *goSettings) result(v goDecl, call *ast.CallExpr) goDecl {
	var f goDecl
	switch n := call.Fun.(type) {
	case *ast.Ident:
		f = v.in.functions[n.Name]
	case *ast.SelectorExpr:
		if name, ok := n.X.(*ast.Ident); ok {
			if p, _, err := s.imported(v.file, name.Name); err == nil && p != nil {
				f = p.functions[n.Sel.Name]
			}
		}
	}
	body, ok := f.node.(*ast.FuncDecl)
	if !ok || len(call.Args) > 0 || body.Body == nil || len(body.Body.List) != 1 {
		return goDecl{}
	}
	returned, ok := body.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(returned.Results) != 1 {
		return goDecl{}
	}
	return goDecl{returned.Results[0], f.file, f.in, false}
}

// member returns the value of a field in a composite literal.
func (s *goSettings) member(v goDecl, field string) goDecl {
	if v.node == nil {
		return v
	}
	v = s.follows(v, 0)
	literal, ok := v.node.(*ast.CompositeLit)
	if !ok {
		return goDecl{}
	}
	for _, element := range literal.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			if name, ok := pair.Key.(*ast.Ident); ok && name.Name == field {
				return goDecl{pair.Value, v.file, v.in, false}
			}
		}
	}
	return goDecl{}
}

// setDefaults returns what the method SetDefaults of a type assigns to its fields, and to those of the structs within it that have no name.
func (s *goSettings) setDefaults(t goDecl, name string) map[string]goDecl {
	method := t.in.functions[name+".SetDefaults"]
	f, ok := method.node.(*ast.FuncDecl)
	if name == "" || !ok || f.Body == nil || len(f.Recv.List[0].Names) == 0 {
		return nil
	}
	self := f.Recv.List[0].Names[0].Name
	set := map[string]goDecl{}
	for _, statement := range f.Body.List {
		assign, ok := statement.(*ast.AssignStmt)
		if !ok || len(assign.Lhs) != 1 || len(assign.Rhs) != 1 {
			continue
		}
		if to, ok := assign.Lhs[0].(*ast.SelectorExpr); ok {
			if of, ok := to.X.(*ast.Ident); ok && of.Name == self {
				set[to.Sel.Name] = goDecl{assign.Rhs[0], method.file, method.in, false}
			}
		}
	}
	return set
}

// value works a value out, as far as it is said in constants.
func (s *goSettings) value(v goDecl, steps int) (goValue, bool) {
	if v.node == nil || steps > maxSteps {
		return goValue{}, false
	}
	at := func(n ast.Node) goDecl { return goDecl{n, v.file, v.in, false} }
	switch n := v.node.(type) {
	case *ast.BasicLit:
		c := constant.MakeFromLiteral(n.Value, n.Kind, 0)
		return goValue{constant: c}, c.Kind() != constant.Unknown
	case *ast.ParenExpr:
		return s.value(at(n.X), steps+1)
	case *ast.UnaryExpr:
		inner, ok := s.value(at(n.X), steps+1)
		if n.Op == token.SUB && ok && inner.constant != nil {
			inner.constant = constant.UnaryOp(token.SUB, inner.constant, 0)
		}
		return inner, ok && (n.Op == token.AND || n.Op == token.SUB && inner.constant != nil)
	case *ast.BinaryExpr:
		return s.binary(n, at, steps)
	case *ast.CallExpr:
		if len(n.Args) == 1 { // a conversion, or new(true); any other function is not known
			inner, ok := s.value(at(n.Args[0]), steps+1)
			to, isSelector := n.Fun.(*ast.SelectorExpr)
			inner.duration = inner.duration || isSelector && to.Sel.Name == "Duration"
			return inner, ok && isConversion(n.Fun)
		}
	case *ast.CompositeLit:
		return s.items(n, at, steps)
	case *ast.Ident:
		if n.Name == "true" || n.Name == "false" {
			return goValue{constant: constant.MakeBool(n.Name == "true")}, true
		}
	case *ast.SelectorExpr:
		if unit, ok := unitOf(n); ok {
			return goValue{constant: constant.MakeInt64(int64(unit)), duration: true}, true
		}
	}
	if next := s.follows(v, steps); next.node != nil && next.node != v.node {
		return s.value(next, steps+1)
	}
	return goValue{}, false
}

func (s *goSettings) binary(n *ast.BinaryExpr, at func(ast.Node) goDecl, steps int) (goValue, bool) {
	x, okX := s.value(at(n.X), steps+1)
	y, okY := s.value(at(n.Y), steps+1)
	if !okX || !okY || x.constant == nil || y.constant == nil || x.constant.Kind() == constant.Bool || y.constant.Kind() == constant.Bool {
		return goValue{}, false
	}
	if n.Op == token.SHL || n.Op == token.SHR {
		by, exact := constant.Uint64Val(y.constant)
		if !exact || by > 62 {
			return goValue{}, false
		}
		return goValue{constant: constant.Shift(x.constant, n.Op, uint(by))}, true
	}
	if n.Op != token.MUL && n.Op != token.ADD && n.Op != token.SUB {
		return goValue{}, false
	}
	return goValue{constant: constant.BinaryOp(x.constant, n.Op, y.constant), duration: x.duration || y.duration}, true
}

// items works out a list, if all that is in it is known.
func (s *goSettings) items(n *ast.CompositeLit, at func(ast.Node) goDecl, steps int) (goValue, bool) {
	if _, isList := n.Type.(*ast.ArrayType); !isList {
		return goValue{}, false
	}
	var list goValue
	for _, element := range n.Elts {
		item, ok := s.value(at(element), steps+1)
		if !ok {
			return goValue{}, false
		}
		list.list = append(list.list, item)
	}
	return list, true
}

// isConversion reports whether what is called turns its argument into a type, or into a pointer to it.
func isConversion(fun ast.Expr) bool {
	switch f := fun.(type) {
	case *ast.Ident:
		return builtin(f.Name) != "" || f.Name == "new"
	case *ast.SelectorExpr:
		return f.Sel.Name == "Duration"
	}
	return false
}

// unitOf returns a unit of package time.
func unitOf(n *ast.SelectorExpr) (time.Duration, bool) {
	if name, ok := n.X.(*ast.Ident); !ok || name.Name != "time" {
		return 0, false
	}
	units := map[string]time.Duration{
		"Nanosecond": time.Nanosecond, "Microsecond": time.Microsecond, "Millisecond": time.Millisecond, "Second": time.Second, "Minute": time.Minute, "Hour": time.Hour,
	}
	unit, ok := units[n.Sel.Name]
	return unit, ok
}
