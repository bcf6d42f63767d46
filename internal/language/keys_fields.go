package language

import (
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
)

// with returns the scope inside of the clauses of a comprehension.
func (s scope) with(clauses []ast.Clause) scope {
	inner := scope{names: map[string]ast.Expr{}, in: s.in}
	for name, e := range s.names {
		inner.names[name] = e
	}
	for _, clause := range clauses {
		switch c := clause.(type) {
		case *ast.LetClause:
			inner.names[c.Ident.Name] = c.Expr
		case *ast.ForClause:
			for _, name := range []*ast.Ident{c.Key, c.Value} {
				if name != nil {
					inner.names[name.Name] = c.Source
				}
			}
		}
	}
	return inner
}

// fields returns the fields of the language that an expression names, itself or by way of the wiring.
func (k *keys) fields(e ast.Expr, s scope, seen map[ast.Node]bool) []string {
	if e == nil || seen[e] {
		return nil
	}
	seen[e] = true
	var found []string
	ast.Walk(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Comprehension:
			for _, clause := range n.Clauses { // a condition says whether there is a value, not which
				if loop, ok := clause.(*ast.ForClause); ok {
					found = append(found, k.fields(loop.Source, s, seen)...)
				}
			}
			found = append(found, k.fields(n.Value, s.with(n.Clauses), seen)...)
			return false
		case *ast.Field:
			found = append(found, k.fields(n.Value, s, seen)...)
			return false
		case *ast.SelectorExpr, *ast.IndexExpr, *ast.Ident:
			found = append(found, k.named(n.(ast.Expr), s, seen)...)
			root, _ := reference(n)
			return root == "" // a list that is made here, and one of its items
		}
		return true
	}, nil)
	slices.Sort(found)
	return slices.Compact(found)
}

// named returns the fields of the language that a reference leads to.
func (k *keys) named(e ast.Expr, s scope, seen map[ast.Node]bool) []string {
	root, path := reference(e)
	switch {
	case root == "#stack":
		return []string{strings.Join(path, ".")}
	case root == "#wiring", root == "#Wiring":
		return k.wired(path, seen)
	case root == "":
		return nil
	}
	if meant, ok := s.names[root]; ok {
		if inner, below := reference(meant); inner != "" {
			return k.from(inner, append(below, path...), s, seen)
		}
		return k.fields(meant, s, seen)
	}
	if s.in == k.wiring && s.in != nil {
		return k.wired(append([]string{root}, path...), seen)
	}
	return nil
}

// from returns the fields that a path from a name leads to.
func (k *keys) from(root string, path []string, s scope, seen map[ast.Node]bool) []string {
	switch {
	case root == "#stack":
		return []string{strings.Join(path, ".")}
	case root == "#wiring":
		return k.wired(path, seen)
	case s.in == k.wiring && s.in != nil:
		return k.wired(append([]string{root}, path...), seen)
	}
	return nil
}

// wired returns the fields that a value of the wiring is made of.
func (k *keys) wired(path []string, seen map[ast.Node]bool) []string {
	body, ok := k.wiring.(*ast.StructLit)
	if !ok || path[0] == "secrets" || path[0] == "path" { // which files of secrets there are; no field is written into them
		return nil
	}
	s := scope{names: map[string]ast.Expr{}, in: k.wiring}
	for _, decl := range body.Elts {
		if let, ok := decl.(*ast.LetClause); ok {
			s.names[let.Ident.Name] = let.Expr
		}
	}
	var found []string
	for _, e := range valuesAt(body.Elts, path) {
		found = append(found, k.fields(e, s, seen)...)
	}
	return found
}

// valuesAt returns the expressions that stand at a path in a struct, under whichever conditions; where the path leads into another kind of value, that.
func valuesAt(decls []ast.Decl, path []string) []ast.Expr {
	var found []ast.Expr
	for _, decl := range decls {
		switch d := decl.(type) {
		case *ast.Comprehension:
			if body, ok := d.Value.(*ast.StructLit); ok {
				found = append(found, valuesAt(body.Elts, path)...)
			}
		case *ast.Field:
			name, _, err := ast.LabelName(d.Label)
			switch body, ok := d.Value.(*ast.StructLit); {
			case err == nil && name != path[0]: // a name that is worked out may be this one
			case ok && len(path) > 1:
				found = append(found, valuesAt(body.Elts, path[1:])...)
			default:
				found = append(found, d.Value)
			}
		}
	}
	return found
}

// find returns the value of a field among declarations, or nil.
func find(decls []ast.Decl, name string) ast.Expr {
	for _, e := range valuesAt(decls, []string{name}) {
		return e
	}
	return nil
}

// reference takes #stack.hosts.mas apart; root is "" for another expression.
func reference(e ast.Node) (root string, path []string) {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name, nil
	case *ast.SelectorExpr:
		name, _, err := ast.LabelName(e.Sel)
		if root, path = reference(e.X); err == nil && root != "" {
			return root, append(path, name)
		}
	case *ast.IndexExpr:
		if root, path = reference(e.X); root != "" {
			if literal, ok := e.Index.(*ast.BasicLit); ok {
				return root, append(path, strings.Trim(literal.Value, `"`))
			}
			return "", nil // which of them is worked out
		}
	}
	return "", nil
}
