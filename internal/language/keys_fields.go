package language

import (
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
)

// with returns the scope inside of the clauses of a comprehension.
func (s scope) with(clauses []ast.Clause) scope {
	inner := s.copied()
	for _, clause := range clauses {
		switch c := clause.(type) {
		case *ast.LetClause:
			inner.names[c.Ident.Name] = meant{c.Expr, false}
		case *ast.ForClause:
			if c.Key != nil {
				inner.names[c.Key.Name] = meant{c.Source, false}
			}
			if c.Value != nil {
				inner.names[c.Value.Name] = meant{c.Source, true}
			}
		}
	}
	return inner
}

// copied returns a scope that may get more names.
func (s scope) copied() scope {
	inner := scope{names: map[string]meant{}, wiring: s.wiring}
	for name, e := range s.names {
		inner.names[name] = e
	}
	return inner
}

// letting returns the scope inside of a struct, with what its let clauses name.
func (s scope) letting(decls []ast.Decl) scope {
	inner := s.copied()
	for _, decl := range decls {
		if let, ok := decl.(*ast.LetClause); ok {
			inner.names[let.Ident.Name] = meant{let.Expr, false}
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
	case root == "#provider":
		return k.from(root, path, s, seen)
	case root == "":
		return nil
	}
	if m, ok := s.names[root]; ok {
		if m.element {
			path = append([]string{"*"}, path...)
		}
		if inner, below := reference(m.expr); inner != "" && inner != root {
			return k.from(inner, append(slices.Clone(below), path...), s, seen)
		}
		return k.fields(m.expr, s, seen)
	}
	if s.wiring {
		return k.wired(append([]string{root}, path...), seen)
	}
	return nil
}

// from returns the fields that a path from a name leads to.
func (k *keys) from(root string, path []string, s scope, seen map[ast.Node]bool) []string {
	if m, ok := s.names[root]; ok {
		if m.element {
			path = append([]string{"*"}, path...)
		}
		if inner, below := reference(m.expr); inner != "" && inner != root {
			return k.from(inner, append(slices.Clone(below), path...), s, seen)
		}
		return k.fields(m.expr, s, seen)
	}
	switch {
	case root == "#stack":
		return []string{strings.Join(path, ".")}
	case root == "#wiring":
		return k.wired(path, seen)
	case root == "#provider": // the file of one
		return k.wired(append([]string{"providers", "*"}, path...), seen)
	case s.wiring:
		return k.wired(append([]string{root}, path...), seen)
	}
	return nil
}

// wired returns the fields that a value of the wiring is made of.
func (k *keys) wired(path []string, seen map[ast.Node]bool) []string {
	if len(path) > 2 && path[0] == "providers" {
		return ofProvider(path[2:])
	}
	if len(path) == 0 || path[0] == "secrets" || path[0] == "path" { // which files of secrets there are; no field is written into them
		return nil
	}
	var found []string
	for _, body := range k.wiring {
		for _, v := range valuesAt(body.Elts, path, scope{names: map[string]meant{}, wiring: true}) {
			found = append(found, k.fields(v.expr, v.scope, seen)...)
		}
	}
	return found
}

// ofProvider returns the fields that a value of a provider is made of. The wiring is given the providers, each with what the stack said of it.
func ofProvider(path []string) []string {
	switch {
	case path[0] == "said":
		return []string{strings.Join(append([]string{"identityProviders", "*"}, path[1:]...), ".")}
	case path[0] == "callback":
		return []string{"hosts.mas", "identityProviders.*.id"}
	case path[0] == "callbacks": // Synapse's, too, until the accounts have moved
		return []string{"hosts.mas", "identityProviders.*.id", "hosts.synapse", "accounts"}
	case path[0] == "issuer":
		return []string{"hosts.pocketID", "identityProviders.*.issuer"}
	}
	return nil
}

// scoped is an expression where it stands.
type scoped struct {
	expr  ast.Expr
	scope scope
}

// valuesAt returns the expressions that stand at a path in a struct, under whichever conditions; where the path leads into another kind of value, that.
func valuesAt(decls []ast.Decl, path []string, s scope) []scoped {
	s = s.letting(decls)
	var found []scoped
	for _, decl := range decls {
		switch d := decl.(type) {
		case *ast.Comprehension:
			if body, ok := d.Value.(*ast.StructLit); ok {
				found = append(found, valuesAt(body.Elts, path, s.with(d.Clauses))...)
			}
		case *ast.Field:
			name, _, err := ast.LabelName(d.Label)
			list, isList := d.Value.(*ast.ListLit)
			switch body, ok := d.Value.(*ast.StructLit); {
			case err == nil && name != path[0] && path[0] != "*": // a name that is worked out may be this one
			case ok && len(path) > 1:
				found = append(found, valuesAt(body.Elts, path[1:], s)...)
			case isList && len(path) > 2 && path[1] == "*":
				for _, item := range list.Elts {
					if made, ok := item.(*ast.Comprehension); ok {
						if body, ok := made.Value.(*ast.StructLit); ok {
							found = append(found, valuesAt(body.Elts, path[2:], s.with(made.Clauses))...)
						}
					}
				}
			default:
				found = append(found, scoped{d.Value, s})
			}
		}
	}
	return found
}

// find returns the value of a field among declarations, or nil.
func find(decls []ast.Decl, name string) ast.Expr {
	for _, v := range valuesAt(decls, []string{name}, scope{}) {
		return v.expr
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
			return root, append(path, "*") // which of them is worked out
		}
	}
	return "", nil
}
