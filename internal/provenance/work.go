package provenance

import (
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"github.com/matrixgen/matrixgen/internal/model"
)

// value works out what the node is: what the operator or the schema says, else the default.
func (n *node) value() value {
	if n.result != nil {
		return *n.result
	}
	if n.busy {
		return value{} // it is being worked out: a field that constrains itself
	}
	n.busy = true
	defer func() { n.busy = false }()
	n.expand()
	v := n.work()
	for _, s := range n.scalars {
		v.from = v.from.and(s.from.gaps(), s.because.gaps())
	}
	n.result = &v
	return v
}

func (n *node) work() value {
	for _, wanted := range []bool{true, false} {
		for _, s := range n.scalars {
			if s.known && (s.of.given != nil) == wanted {
				return n.decided(s.value, s.of, nil)
			}
		}
	}
	if n.isMap {
		return value{known: true, kind: model.Map, node: n}
	}
	for _, c := range n.choices {
		if arm := defaultArm(c.expr); arm != nil {
			v := c.scope.eval(arm)
			if v.known {
				return n.decided(v, c, arm)
			}
		}
	}
	for _, s := range n.scalars {
		if s.missing {
			return s.value
		}
	}
	return value{}
}

// defaultArm returns the alternative that is marked in a disjunction, or nil.
func defaultArm(expr ast.Expr) ast.Expr {
	switch e := expr.(type) {
	case *ast.BinaryExpr:
		if e.Op != token.OR {
			return nil
		}
		if arm := defaultArm(e.X); arm != nil {
			return arm
		}
		return defaultArm(e.Y)
	case *ast.UnaryExpr:
		if e.Op == token.MUL {
			return e.X
		}
	}
	return nil
}

// decided adds to a value the causes of the conjunct that decides it. With an arm it is a default: had another conjunct been there, it would count.
func (n *node) decided(v value, c conjunct, arm ast.Expr) value {
	if n.inStack && c.given != nil {
		return v // the operator wrote it, and that is all
	}
	v.because = c.presence.and(v.because)
	if arm != nil && n.above != nil {
		v.because = v.because.and(n.above.kept[n.name], n.above.kept[""])
	}
	if n.inStack {
		if arm == nil {
			arm = c.expr
		}
		v.from = causes{n.t.byDefault(n, c, v, arm)}.and(v.from)
		return v
	}
	way := c.via
	if c.field != nil && c.field.Pos().IsValid() {
		way = way.and(causes{n.t.step(c.field)})
	}
	v.from = way.and(v.from)
	return v
}

// declaration returns the line on which the node is declared.
func (n *node) declaration() causes {
	for _, c := range n.conjuncts {
		if c.field != nil && !c.optional {
			return causes{n.t.step(c.field)}
		}
	}
	return nil
}
