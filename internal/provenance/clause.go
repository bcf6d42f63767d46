package provenance

import (
	"strconv"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"github.com/matrixgen/matrixgen/internal/model"
)

// declareComprehension notes fields that are there under a condition, or once for each item of something.
func (n *node) declareComprehension(d *ast.Comprehension, c conjunct, s *scope) {
	body, ok := d.Value.(*ast.StructLit)
	if !ok || d.Fallback != nil {
		n.keepOut("", notFollowed(d, "a comprehension that is more than clauses and a struct"))
		return
	}
	names, all := fixedNames(body)
	for _, name := range names {
		n.reserve(name)
	}
	n.later = append(n.later, func() {
		s.run(d.Clauses, nil, func(inner *scope, because causes) {
			one := c
			one.presence = c.presence.and(because)
			n.declare(body.Elts, one, inner.inner(n, body))
		}, func(because causes) {
			for _, name := range names {
				n.keepOut(name, because)
			}
			if !all {
				n.keepOut("", because)
			}
		})
	})
}

// fixedNames returns the names of the fields that a struct declares, and whether those are all of them.
func fixedNames(body *ast.StructLit) (names []string, all bool) {
	all = true
	for _, decl := range body.Elts {
		field, ok := decl.(*ast.Field)
		if !ok {
			all = false
			continue
		}
		name, isIdent, err := ast.LabelName(field.Label)
		if err != nil {
			all = false
			continue
		}
		if !isIdent {
			name = stringName(name)
		}
		if field.Constraint == token.ILLEGAL {
			names = append(names, name)
		}
	}
	return names, all
}

// run goes through the clauses of a comprehension. It calls yield for each time that they hold, with the causes of that, and miss with the causes
// why they did not hold, or not once more.
func (s *scope) run(clauses []ast.Clause, because causes, yield func(*scope, causes), miss func(causes)) {
	if len(clauses) == 0 {
		yield(s, because)
		return
	}
	switch clause := clauses[0].(type) {
	case *ast.IfClause:
		condition := s.eval(clause.Condition)
		by := condition.all()
		if len(by.fields()) > 0 { // else it is the same for all stacks
			by = causes{s.t.step(clause)}.and(by)
		}
		if !condition.isTrue() {
			miss(by)
			return
		}
		s.run(clauses[1:], because.and(by), yield, miss)
	case *ast.LetClause:
		s.bind(clause.Ident, s.let(clause)).run(clauses[1:], because, yield, miss)
	case *ast.ForClause:
		s.loop(clause, func(inner *scope, by causes) {
			inner.run(clauses[1:], because.and(by), yield, miss)
		}, miss)
	default:
		miss(notFollowed(clause, "a clause other than if, for and let"))
	}
}

// loop goes through the items of a list or the fields of a struct.
func (s *scope) loop(clause *ast.ForClause, yield func(*scope, causes), miss func(causes)) {
	source := s.eval(clause.Source)
	switch {
	case !source.known:
		miss(source.all())
	case source.kind == model.List:
		i := 0
		for _, item := range source.entries {
			if item.absent {
				miss(item.because)
				continue
			}
			key := s.t.constant(value{known: true, kind: model.Int, text: strconv.Itoa(i)})
			yield(s.bind(clause.Key, key).bind(clause.Value, s.t.itemOf(source, item.node)), source.because.and(item.because, source.from))
			i++
		}
		if i == 0 {
			miss(source.all())
		}
	case source.kind == model.Map:
		for _, arc := range source.node.fields() {
			key := s.t.constant(textValue(plainName(arc.name), arc.named().and(arc.declaration())))
			yield(s.bind(clause.Key, key).bind(clause.Value, arc), source.because.and(arc.presence()))
		}
		miss(source.node.unmet())
	default:
		miss(source.all().and(notFollowed(clause, "a loop over neither a list nor a struct")))
	}
}

// slice works out a part of a list. What is kept out of the list in front of it, or in it, would have moved what is in it.
func (s *scope) slice(e *ast.SliceExpr) value {
	list := s.eval(e.X)
	if !list.known {
		return value{missing: list.missing, from: list.content(), because: list.choice()}
	}
	low, high := 0, len(list.items())
	for _, bound := range []struct {
		expr ast.Expr
		to   *int
	}{{e.Low, &low}, {e.High, &high}} {
		if bound.expr == nil {
			continue
		}
		at := s.eval(bound.expr)
		n, err := strconv.Atoi(at.literal())
		if !at.known || err != nil {
			return value{missing: at.missing, from: at.content(), because: at.choice()}
		}
		*bound.to = n
		list.from, list.because = list.from.and(at.content()), list.because.and(at.choice())
	}
	if list.kind != model.List || low > high || high > len(list.items()) {
		return value{from: notFollowed(e, "a slice of something that is no list, or beyond its end")}
	}
	part, i := value{known: true, kind: model.List, from: list.from, because: list.because}, 0
	for _, item := range list.entries {
		switch {
		case item.absent && i < high, !item.absent && i >= low && i < high:
			part.entries = append(part.entries, item)
		}
		if !item.absent {
			i++
		}
	}
	return part
}

// list works out the items of a list.
func (s *scope) list(lit *ast.ListLit) value {
	v := value{known: true, kind: model.List}
	open := false
	for _, elt := range lit.Elts {
		switch e := elt.(type) {
		case *ast.Ellipsis:
			open = true
		case *ast.Comprehension:
			s.run(e.Clauses, nil, func(inner *scope, because causes) {
				item := &node{t: s.t}
				item.add(conjunct{expr: e.Value, scope: inner, via: causes{s.t.step(e.Value)}})
				v.entries = append(v.entries, entry{node: item, because: because})
			}, func(because causes) {
				v.entries = append(v.entries, entry{absent: true, because: because})
			})
		default:
			item := &node{t: s.t}
			item.add(conjunct{expr: elt, scope: s, via: causes{s.t.step(elt)}})
			v.entries = append(v.entries, entry{node: item})
		}
	}
	if open && len(v.entries) == 0 {
		return value{} // any list
	}
	return v
}
