package provenance

import (
	"slices"
	"strconv"

	"cuelang.org/go/cue/ast"

	"github.com/matrixgen/matrixgen/internal/model"
)

// spot is a value of a document: what is derived for it, and what the operator put on top.
type spot struct {
	t *Trace
	// derived is nil for what the operator added.
	derived *node
	// overlays are what the operator says of the place, as far as he does.
	overlays []overlay
	// presence are the causes that the place is there, named those of the keys on the way to it.
	presence, named causes
	// fixed says that no override replaces the value: it adds to it at most.
	fixed bool
}

// overlay is raw upstream settings of the operator.
type overlay struct {
	path []string // in the stack
	key  *model.Field
	node *model.Node
}

// at returns the place at a path of a document.
func (t *Trace) at(document string, path []string) spot {
	doc := t.documents[document]
	p := spot{t: t, derived: doc.derived, presence: doc.row.presence(), fixed: true}
	for _, raw := range doc.raw {
		if n := t.written.Along(raw); n != nil {
			p.overlays = append(p.overlays, overlay{path: raw, node: n})
		}
	}
	for _, part := range path {
		p.enter(part)
	}
	return p
}

// enter goes down to a field or an item.
func (p *spot) enter(part string) {
	// A list that is replaced has nothing of the derived one in it.
	if p.replaced() {
		p.derived = nil
	}
	var overlays []overlay
	for _, o := range p.overlays {
		if inner := o.node.Along([]string{part}); inner != nil {
			overlays = append(overlays, overlay{append(o.path[:len(o.path):len(o.path)], part), o.node.Field(part), inner})
		}
	}
	p.overlays = overlays
	if p.derived == nil {
		return
	}
	v := p.derived.value()
	p.derived = nil
	switch i, err := strconv.Atoi(part); {
	case v.kind == model.List && err == nil && i < len(v.items()):
		item := v.items()[i]
		p.presence = p.presence.and(v.because, item.because)
		p.derived = item.node
	case v.kind == model.Map:
		arc, _ := v.node.lookup(stringName(part))
		if arc == nil {
			return
		}
		p.presence, p.named = p.presence.and(arc.presence()), p.named.and(arc.named())
		p.derived = arc
		p.fixed = !slices.ContainsFunc(arc.conjuncts, func(c conjunct) bool { return c.field != nil && marked(c.field) })
	}
}

// marked reports whether the schema lets an override replace the field.
func marked(field *ast.Field) bool {
	_, ok := attribute(field, "default")
	return ok
}

// replaced reports whether what the operator wrote stands instead of what is derived.
func (p spot) replaced() bool {
	if len(p.overlays) == 0 {
		return false
	}
	top := p.overlays[len(p.overlays)-1].node
	if p.derived == nil {
		return true
	}
	v := p.derived.value()
	switch {
	case top.Kind == model.Map && v.kind == model.Map:
		return false
	case top.Kind == model.List && v.kind == model.List:
		return !p.fixed
	}
	return true
}

// own returns the field of the stack that the operator wrote for the place. There is one if replaced says so.
func (p spot) own() *Field {
	top := p.overlays[len(p.overlays)-1]
	field := model.Field{Value: top.node, Position: top.node.Position}
	if top.key != nil {
		field = *top.key
	}
	return p.t.t.wrote(top.path, nil, field)
}

// value returns what is derived.
func (p spot) value() value {
	if p.derived == nil {
		return value{}
	}
	return p.derived.value()
}

// shape returns the causes that a map or a list has something in it, or nothing: it is written in another way then.
func (p spot) shape() causes {
	v := p.value()
	var inner []causes
	for _, item := range v.items() {
		inner = append(inner, item.because)
	}
	if v.node != nil {
		for _, arc := range v.node.fields() {
			inner = append(inner, arc.presence())
		}
	}
	for _, o := range p.overlays {
		for _, f := range o.node.Fields {
			inner = append(inner, causes{p.t.t.wrote(append(o.path[:len(o.path):len(o.path)], f.Key), nil, f)})
		}
	}
	if len(inner) == 0 {
		var out causes
		for _, e := range v.entries {
			out = out.and(e.because)
		}
		if v.node != nil {
			out = out.and(v.node.unmet())
		}
		return out
	}
	common := inner[0]
	for _, others := range inner[1:] {
		common = common.common(others)
	}
	return common
}
