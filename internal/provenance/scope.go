package provenance

import (
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/schema"
)

// scope is where names are looked up: in the structs around an expression, as they are written.
type scope struct {
	t  *tracer
	up *scope
	// node is the struct that the literal lit is part of; only the names in that literal are visible.
	node *node
	lit  *ast.StructLit
	// names are those of let clauses and loops.
	names map[string]*node
	// file says that this is the outermost scope of a file, from which the other files of the package are visible.
	file *ast.File
	pkg  string
}

// reference is what an expression such as a.b[c] leads to: a node, or none. The causes are those of the way there.
type reference struct {
	node          *node
	missing       bool
	from, because causes
	pkg           string // a package of CUE's own
}

// inner returns the scope of a literal inside this one.
func (s *scope) inner(n *node, literal *ast.StructLit) *scope {
	return &scope{t: s.t, up: s, node: n, lit: literal}
}

// bind returns a scope in which the name stands for a node.
func (s *scope) bind(name *ast.Ident, n *node) *scope {
	if name == nil {
		return s
	}
	return &scope{t: s.t, up: s, names: map[string]*node{name.Name: n}}
}

// resolve follows a reference.
func (s *scope) resolve(expr ast.Expr) reference {
	switch e := expr.(type) {
	case *ast.ParenExpr:
		return s.resolve(e.X)
	case *ast.Ident:
		return s.find(e)
	case *ast.SelectorExpr:
		base := s.resolve(e.X)
		name, isIdent, err := ast.LabelName(e.Sel)
		if err != nil {
			return reference{from: notFollowed(e, "a selector that is no name")}
		}
		if !isIdent {
			name = stringName(name)
		}
		return base.field(name)
	case *ast.IndexExpr:
		return s.index(e)
	}
	return reference{node: s.anonymous(expr)}
}

// anonymous returns the value of an expression as a node of its own.
func (s *scope) anonymous(expr ast.Expr) *node {
	n := &node{t: s.t}
	n.add(conjunct{expr: expr, scope: s})
	return n
}

// field returns what a name leads to in what the reference leads to.
func (r reference) field(name string) reference {
	switch {
	case r.pkg != "" || r.node == nil:
		return r
	case r.node.value().missing:
		v := r.node.value()
		return reference{missing: true, from: r.from.and(v.from), because: r.because.and(v.because)}
	}
	arc, by := r.node.lookup(name)
	r.node, r.missing = arc, arc == nil
	r.because = r.because.and(by)
	return r
}

// find returns what a name stands for.
func (s *scope) find(name *ast.Ident) reference {
	for in := s; in != nil; in = in.up {
		if n := in.names[name.Name]; n != nil {
			return reference{node: n}
		}
		if in.lit != nil && s.t.declares(in.lit, name.Name) {
			return reference{node: in.node}.field(name.Name)
		}
		if in.file == nil {
			continue
		}
		if s.t.packageDeclares(in.pkg, name.Name) {
			return reference{node: s.t.pkg(in.pkg)}.field(name.Name)
		}
		if path, ok := s.t.imports(in.file, name.Name); ok {
			if ours, ok := strings.CutPrefix(path, schema.Module); ok {
				return reference{node: s.t.pkg(ours)}
			}
			return reference{pkg: path}
		}
	}
	return reference{} // a type, such as string
}

// index returns an item of a list, or a field whose name is worked out.
func (s *scope) index(e *ast.IndexExpr) reference {
	base, at := s.eval(e.X), s.eval(e.Index)
	r := reference{missing: true, from: base.from.and(at.content()), because: base.because.and(at.choice())}
	switch {
	case !base.known || !at.known:
	case base.kind == model.Map:
		arc, by := base.node.lookup(stringName(at.literal()))
		r.node, r.missing, r.because = arc, arc == nil, r.because.and(by)
	case base.kind == model.List:
		i, err := strconv.Atoi(at.literal())
		if err != nil {
			r.from = r.from.and(notFollowed(e, "an index that is no number"))
			return r
		}
		for _, item := range base.entries {
			r.because = r.because.and(item.because) // those that are kept out would have moved the others
			if item.absent {
				continue
			}
			if i == 0 {
				r.node, r.missing = item.node, false
				break
			}
			i--
		}
	}
	return r
}

// lookup returns the field of that name, or nil and the causes that keep it out.
func (n *node) lookup(name string) (*node, causes) {
	n.expand()
	if arc := n.arcs[name]; arc != nil {
		return arc, nil
	}
	by := n.kept[name].and(n.kept[""], n.keptAbove())
	if n.inStack && isRegular(name) {
		by = causes{n.t.unset(n, name)}.and(by)
	}
	return nil, by
}

// declare notes the declarations of a literal.
func (n *node) declare(decls []ast.Decl, c conjunct, s *scope) {
	for _, decl := range decls {
		if let, ok := decl.(*ast.LetClause); ok {
			if s.names == nil {
				s.names = map[string]*node{}
			}
			s.names[let.Ident.Name] = s.let(let)
		}
	}
	for _, decl := range decls {
		switch d := decl.(type) {
		case *ast.Field:
			n.declareField(d, c, s)
		case *ast.Comprehension:
			n.declareComprehension(d, c, s)
		}
	}
	for _, decl := range decls {
		if d, ok := decl.(*ast.EmbedDecl); ok {
			c.expr, c.scope = d.Expr, s
			n.look(c)
		}
	}
}

// let returns what a let clause stands for.
func (s *scope) let(clause *ast.LetClause) *node {
	n := &node{t: s.t}
	c := conjunct{expr: clause.Expr, scope: s}
	switch clause.Expr.(type) {
	case *ast.Ident, *ast.SelectorExpr: // another name, and no more
	default:
		c.via = causes{s.t.step(clause)}
	}
	n.add(c)
	return n
}

func (n *node) declareField(d *ast.Field, c conjunct, s *scope) {
	own := conjunct{expr: d.Value, scope: s, field: d, presence: c.presence, via: c.via}
	switch label := d.Label.(type) {
	case *ast.ListLit:
		n.declarePattern(label, own)
		return
	case *ast.ParenExpr, *ast.Interpolation:
		n.later = append(n.later, func() {
			name := s.eval(label.(ast.Expr))
			if !name.known || name.kind != model.String {
				n.keepOut("", name.all())
				return
			}
			own.named, own.presence = name.content(), own.presence.and(name.choice())
			n.arc(stringName(name.literal())).add(own)
		})
		return
	}
	name, isIdent, err := ast.LabelName(d.Label)
	if err != nil {
		n.keepOut("", notFollowed(d, "a field with a name of an unknown kind"))
		return
	}
	if !isIdent {
		name = stringName(name)
	}
	if d.Constraint == token.ILLEGAL {
		arc := n.arc(name)
		if as, ok := attribute(d, "as"); ok { // what stands for a field that an operator may write
			arc.inStack, arc.path = true, strings.Split(strings.Trim(as, `"`), ".")
		}
		arc.add(own)
		return
	}
	own.optional = true
	if n.optional == nil {
		n.optional = map[string][]conjunct{}
	}
	n.optional[name] = append(n.optional[name], own)
	if arc := n.arcs[name]; arc != nil {
		arc.add(own)
	}
}

// declarePattern notes what all fields are besides. Which names there may be, CUE has seen to.
func (n *node) declarePattern(label *ast.ListLit, own conjunct) {
	if _, named := label.Elts[0].(*ast.Alias); n.inStack && !named {
		return // nothing follows from what an operator may write as he likes
	} else if name, ok := label.Elts[0].(*ast.Ident); !named && (!ok || name.Name != "string") {
		n.keepOut("", notFollowed(label, "a pattern for names of fields other than [string]"))
		return
	}
	own.optional = true
	n.patterns = append(n.patterns, own)
	for _, arc := range n.fields() {
		arc.add(n.matched(own, arc.name))
	}
}

// matched returns the conjunct of a pattern for a field of that name, which [X=…] calls X.
func (n *node) matched(own conjunct, name string) conjunct {
	if alias, ok := own.field.Label.(*ast.ListLit).Elts[0].(*ast.Alias); ok {
		own.scope = own.scope.bind(alias.Ident, n.t.constant(textValue(plainName(name), nil)))
	}
	return own
}
