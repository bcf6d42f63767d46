package provenance

import (
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"

	"github.com/matrixgen/matrixgen/internal/model"
)

// field returns the field of that path, made once.
func (t *tracer) field(path []string, make func() *Field) *Field {
	name := fieldName(path)
	if t.fields[name] == nil {
		t.fields[name] = make()
		t.fields[name].Path, t.fields[name].path = name, path
	}
	return t.fields[name]
}

// wrote returns the field of the stack that the operator wrote.
func (t *tracer) wrote(path []string, n *node, f model.Field) *Field {
	field := t.field(path, func() *Field {
		field := &Field{State: Set, Position: f.Value.Position, Own: f.Comment}
		if f.Value.Kind == model.Map {
			field.Position = f.Position
		}
		if f.Value.Kind != model.Map && f.Value.Kind != model.List {
			field.Value, field.Source = f.Value.Text, f.Value.Text
		}
		if f.Value.Kind == model.String {
			field.Source = strconv.Quote(field.Value)
		}
		return field
	})
	if n != nil {
		t.declarations[field] = n.declared
	}
	return field
}

// declared returns the conjuncts of a field, whether it is there or not.
func (n *node) declared() []conjunct {
	all := slices.Clone(n.conjuncts)
	if n.above != nil {
		all = append(all, n.above.optional[n.name]...)
	}
	return all
}

// written returns what the operator wrote as a value.
func (t *tracer) written(g *given) value {
	v := value{known: true, kind: g.node.Kind, from: causes{g.at}}
	switch g.node.Kind {
	case model.String:
		v.spans = []span{{text: g.node.Text}}
	case model.List:
		for i, item := range g.node.Items {
			n := &node{t: t, inStack: true, path: append(g.path[:len(g.path):len(g.path)], strconv.Itoa(i))}
			at := t.wrote(n.path, nil, model.Field{Value: item, Position: item.Position, Comment: g.at.Own})
			t.declarations[at] = t.declarations[g.at] // an item is explained as the list is
			n.add(conjunct{given: &given{item, n.path, at}, presence: causes{at}})
			v.entries = append(v.entries, entry{node: n, because: causes{at}})
		}
	default:
		v.text = g.node.Text
	}
	return v
}

// byDefault returns the field of the stack that is what the language makes of it.
func (t *tracer) byDefault(n *node, c conjunct, v value, arm ast.Expr) *Field {
	return t.field(n.path, func() *Field {
		field := &Field{State: Default, Source: t.source(arm)}
		if c.field != nil {
			field.Position = position(c.field.Pos())
		}
		t.declarations[field] = n.declared
		if v.kind != model.List {
			field.Value = v.literal()
		}
		if _, chosen := arm.(*ast.IndexExpr); chosen { // one of a table or a list: what it comes to says more
			field.Source = field.Value
			if v.kind == model.String {
				field.Source = strconv.Quote(field.Value)
			}
		}
		return field
	})
}

// unset returns a field of the stack that is not there.
func (t *tracer) unset(n *node, name string) *Field {
	path := append(n.path[:len(n.path):len(n.path)], plainName(name))
	return t.field(path, func() *Field {
		field := &Field{State: Unset}
		for _, c := range n.optional[name] {
			field.Position = position(c.field.Pos())
		}
		t.declarations[field] = func() []conjunct { return n.optional[name] }
		return field
	})
}

// source returns an expression as it is written, if it is on one line.
func (t *tracer) source(expr ast.Expr) string {
	from, to := expr.Pos().Position(), expr.End().Position()
	lines := t.lines[from.Filename]
	if from.Line != to.Line || from.Line < 1 || from.Line > len(lines) {
		return ""
	}
	return strings.TrimSpace(lines[from.Line-1][from.Column-1 : to.Column-1])
}

// fieldName returns a path as an operator writes it: hosts.synapse, federation.allow[0], setting_defaults."UIFeature.feedback".
func fieldName(path []string) string {
	var b strings.Builder
	for i, part := range path {
		switch {
		case isIndex(part):
			b.WriteString("[" + part + "]")
			continue
		case i > 0:
			b.WriteString(".")
		}
		if strings.ContainsAny(part, `.[]" `) {
			part = strconv.Quote(part)
		}
		b.WriteString(part)
	}
	return b.String()
}

// describe fills in what the language says of a field.
func (t *tracer) describe(field *Field) {
	declared := t.declarations[field]
	if declared == nil || field.Comment != "" || field.Want != "" {
		return
	}
	for _, c := range declared() {
		if c.field == nil {
			continue
		}
		if field.Comment == "" {
			field.Comment = t.comment(c.field)
		}
		if want, ok := attribute(c.field, "expect"); ok && field.Want == "" {
			field.Want, _ = strconv.Unquote(strings.TrimSpace(want))
		}
	}
}
