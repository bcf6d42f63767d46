package provenance

import (
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"github.com/matrixgen/matrixgen/internal/model"
)

// node is a field, an item or another value of the schema while it is worked out: the expressions that are unified there, and, as far as they
// were needed, its fields. CUE calls it a vertex.
type node struct {
	t         *tracer
	conjuncts []conjunct
	taken     int              // how many conjuncts were looked into
	expanded  bool             // it is being looked into, or was
	later     []func()         // conditions, loops and computed names, which may speak of the fields beside them
	arcs      map[string]*node // its fields
	order     []string
	optional  map[string][]conjunct
	patterns  []conjunct // what all of its fields are besides
	// kept are the causes that keep a field out, by its name; those of fields whose names are not known have "".
	kept    map[string]causes
	isMap   bool
	scalars []scalar
	choices []conjunct // disjunctions
	result  *value
	busy    bool

	above *node // the struct that it is a field of, under a name
	name  string
	// inStack says that the node is a field of the stack's language; path leads to it.
	inStack bool
	path    []string
}

// conjunct is one of the expressions that are unified at a node.
type conjunct struct {
	expr  ast.Expr
	scope *scope
	// Instead of an expression: another node, or what the operator wrote.
	node  *node
	given *given
	// field is the declaration, whose comment and attributes count; nil for what has none.
	field *ast.Field
	// presence are the causes that the conjunct is there, named those of the field's name, and via the lines that lead to it.
	presence, named, via causes
	optional             bool
}

// given is a value that the operator wrote.
type given struct {
	node *model.Node
	path []string
	at   *Field
}

// scalar is a conjunct that is no struct, with its value.
type scalar struct {
	value
	of conjunct
}

// add unifies one more conjunct.
func (n *node) add(c conjunct) {
	n.conjuncts = append(n.conjuncts, c)
	if n.expanded {
		n.result = nil
		n.drain()
	}
}

// expand looks into the conjuncts: it finds the fields, and what scalars there are.
func (n *node) expand() {
	if n.expanded {
		return
	}
	n.expanded = true
	n.drain()
}

func (n *node) drain() {
	for n.taken < len(n.conjuncts) {
		n.taken++
		n.look(n.conjuncts[n.taken-1])
	}
	for len(n.later) > 0 {
		first := n.later[0]
		n.later = n.later[1:]
		first()
	}
}

// look notes what a conjunct says.
func (n *node) look(c conjunct) {
	switch {
	case c.node != nil:
		n.merge(reference{node: c.node}, c)
		return
	case c.given != nil:
		n.write(c)
		return
	}
	switch e := c.expr.(type) {
	case *ast.ParenExpr:
		c.expr = e.X
		n.look(c)
	case *ast.StructLit:
		n.isMap = n.isMap || !embedsOnly(e)
		n.declare(e.Elts, c, c.scope.inner(n, e))
	case *ast.BinaryExpr:
		n.lookBinary(e, c)
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr:
		n.merge(c.scope.resolve(c.expr), c)
	default:
		v := c.scope.eval(c.expr)
		if v.known && v.kind == model.Map {
			n.merge(reference{node: v.node, from: v.from, because: v.because}, c)
			return
		}
		n.scalars = append(n.scalars, scalar{v, c})
	}
}

func (n *node) lookBinary(e *ast.BinaryExpr, c conjunct) {
	switch e.Op.String() {
	case "&":
		for _, side := range []ast.Expr{e.X, e.Y} {
			c.expr = side
			n.look(c)
		}
	case "|":
		n.choices = append(n.choices, c)
	default:
		n.scalars = append(n.scalars, scalar{c.scope.eval(e), c})
	}
}

// embedsOnly reports whether a struct in braces stands for the value in it, as in the body of a loop over a list.
func embedsOnly(lit *ast.StructLit) bool {
	for _, decl := range lit.Elts {
		if _, ok := decl.(*ast.EmbedDecl); !ok {
			return false
		}
	}
	return len(lit.Elts) > 0
}

// merge unifies what a reference leads to. A struct is worked out anew here, since what it refers to may be another thing now.
func (n *node) merge(r reference, c conjunct) {
	if r.node == nil {
		n.scalars = append(n.scalars, scalar{value{missing: r.missing, from: r.from, because: r.because}, c})
		return
	}
	v := r.node.value()
	if !v.known || v.kind != model.Map {
		v.from, v.because = v.from.and(r.from), v.because.and(r.because)
		n.scalars = append(n.scalars, scalar{v, c})
		return
	}
	n.isMap = true
	if r.node.inStack && !n.inStack {
		n.inStack, n.path = true, r.node.path
	}
	n.keepOut("", r.node.keptAbove())
	way := c.via
	if c.field != nil && n.t.tells(c.field) {
		way = way.and(causes{n.t.step(c.field)})
	}
	for _, theirs := range r.node.conjuncts {
		theirs.presence = c.presence.and(theirs.presence, r.from, r.because)
		theirs.via = way.and(theirs.via)
		n.look(theirs)
	}
}

// write notes what the operator wrote.
func (n *node) write(c conjunct) {
	wrote := c.given.node
	if wrote.Kind != model.Map {
		n.scalars = append(n.scalars, scalar{n.t.written(c.given), c})
		return
	}
	n.isMap = true
	for _, f := range wrote.Fields {
		arc := n.arc(stringName(f.Key))
		path := append(c.given.path[:len(c.given.path):len(c.given.path)], f.Key)
		at := n.t.wrote(path, arc, f)
		own := conjunct{given: &given{f.Value, path, at}, presence: causes{at}}
		if n.requires(arc.name) {
			own.presence = c.presence
		}
		arc.add(own)
	}
}

// requires reports whether a field is always there.
func (n *node) requires(name string) bool {
	return slices.ContainsFunc(n.optional[name], func(c conjunct) bool { return c.field.Constraint == token.NOT })
}

// arc returns the field of that name, which is made if it is not there.
func (n *node) arc(name string) *node {
	if n.arcs == nil {
		n.arcs = map[string]*node{}
	}
	if n.arcs[name] == nil {
		arc := &node{t: n.t, above: n, name: name}
		if n.inStack && isRegular(name) {
			arc.inStack, arc.path = true, append(n.path[:len(n.path):len(n.path)], plainName(name))
		}
		n.arcs[name] = arc
		n.reserve(name)
		for _, c := range n.optional[name] {
			arc.add(c)
		}
		if isRegular(name) {
			for _, c := range n.patterns {
				arc.add(n.matched(c, name))
			}
		}
	}
	return n.arcs[name]
}

// reserve keeps a place in the order of the fields.
func (n *node) reserve(name string) {
	if !slices.Contains(n.order, name) {
		n.order = append(n.order, name)
	}
}

// keepOut notes that causes keep a field out, or with "" fields that are not known by name.
func (n *node) keepOut(name string, by causes) {
	if n.kept == nil {
		n.kept = map[string]causes{}
	}
	n.kept[name] = n.kept[name].and(by)
}

// keptAbove returns the causes that keep something out of this node, as far as they stand in the structs around it.
func (n *node) keptAbove() causes {
	if n.above == nil {
		return nil
	}
	return n.above.kept[n.name].and(n.above.keptAbove())
}

// unmet returns all causes that keep a field out.
func (n *node) unmet() causes {
	n.expand()
	by := n.kept[""].and(n.keptAbove())
	for _, name := range n.order {
		by = by.and(n.kept[name])
	}
	return by.and(n.further())
}

// further returns the cause that a map in the stack has no more fields: that the operator named no more.
func (n *node) further() causes {
	if !n.inStack || len(n.patterns) == 0 {
		return nil
	}
	return causes{n.t.field(n.path, func() *Field {
		field := &Field{State: Default, Source: "{}"}
		for _, c := range n.conjuncts {
			if c.field != nil {
				field.Position = position(c.field.Pos())
			}
		}
		n.t.declarations[field] = n.declared
		return field
	})}
}

// fields returns the regular fields, in the order in which CUE has them.
func (n *node) fields() []*node {
	n.expand()
	var fields []*node
	for _, name := range n.order {
		if isRegular(name) && n.arcs[name] != nil {
			fields = append(fields, n.arcs[name])
		}
	}
	return fields
}

// stringName returns how a field is kept whose name is text, whatever it begins with; plainName is its inverse.
func stringName(name string) string {
	if isRegular(name) && !strings.HasPrefix(name, `"`) {
		return name
	}
	return `"` + name
}

func plainName(name string) string { return strings.TrimPrefix(name, `"`) }

// isRegular reports whether a field is data, and neither hidden nor a definition.
func isRegular(name string) bool {
	return !strings.HasPrefix(name, "_") && !strings.HasPrefix(name, "#")
}

// presence returns the causes that the field is there: none if it is there for every stack.
func (n *node) presence() causes {
	var all causes
	for _, c := range n.conjuncts {
		if c.optional {
			continue
		}
		if len(c.presence.fields()) == 0 {
			return nil
		}
		all = all.and(c.presence)
	}
	return all
}

// named returns the causes of the field's name.
func (n *node) named() causes {
	var all causes
	for _, c := range n.conjuncts {
		all = all.and(c.named)
	}
	return all
}
