package provenance

import (
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"

	"github.com/matrixgen/matrixgen/internal/model"
)

// origin is what a line follows from, before it is put into words.
type origin struct {
	// from are the causes of what stands on the line, because those that it is there.
	from, because causes
	// instead is what would stand there without the operator's own setting, with its causes; "" if there would be nothing.
	instead     string
	insteadFrom causes
	// reason is the comment at the place itself; reasonOf is the section that it is about, if not the line.
	reason, reasonOf string
	heading          string
	// override is the field of the stack by which the value may be replaced, nil if there is none.
	override []string
}

// origin returns what a line of a document follows from.
func (t *Trace) origin(document string, line model.Line) origin {
	doc := t.documents[document]
	switch {
	case doc == nil:
		return t.recorded(line)
	case len(line.Sum) > 0:
		return t.hashed(document, line)
	case len(line.Drawn) > 0:
		return t.drawn(document, line)
	case line.Role == model.Header:
		return origin{
			from: causes{t.t.field([]string{folderKey}, nil)}, because: doc.row.presence(),
			reason: "Says that a build writes over the file, and where to change it instead.",
		}
	case len(line.Paths) == 0:
		return t.template(document, line.At)
	case line.Role == model.Comment:
		return t.commented(document, line)
	}
	return t.content(document, line)
}

// content is a line with a key, an item or a value of a document.
func (t *Trace) content(document string, line model.Line) origin {
	var o origin
	for i, at := range line.Paths {
		p := t.at(document, at)
		o.because = o.because.and(p.presence)
		inner := i == len(line.Paths)-1
		if !inner && !p.replaced() {
			continue
		}
		switch v := p.value(); {
		case p.replaced():
			o.from = causes{p.own()}
			o.because = nil
			if v.known {
				o.instead, o.insteadFrom = v.literal(), v.content().and(v.choice())
			}
		case v.kind == model.Map || v.kind == model.List:
			o.from, o.because = o.from.and(v.from, p.steps()), o.because.and(v.because, p.shape())
		default:
			o.from, o.because = o.from.and(v.content()), o.because.and(v.choice())
		}
		if !p.replaced() {
			o.from = o.from.and(p.named)
		}
		if inner && line.Role == model.Content {
			t.explain(&o, p, document, at)
		}
	}
	return o
}

// explain notes what the schema or the operator says about the place, and whether an override may replace it.
func (t *Trace) explain(o *origin, p spot, document string, at []string) {
	o.heading = t.heading(document)
	for n := len(at); n > 0 && o.reason == ""; n-- {
		above := t.at(document, at[:n])
		if o.reason = above.comment(); o.reason != "" && n < len(at) {
			o.reasonOf = fieldName(at[:n])
		}
	}
	raw := t.documents[document].raw
	if len(raw) == 0 {
		return
	}
	if i := slices.IndexFunc(at, isIndex); i >= 0 {
		at = at[:i] // a list is replaced whole
		p = t.at(document, at)
	}
	if !p.fixed {
		o.override = append(slices.Clone(raw[len(raw)-1]), at...)
	}
}

func isIndex(part string) bool { return part != "" && strings.Trim(part, "0123456789") == "" }

// comment returns what stands above the place, where the operator wrote it or in the schema.
func (p spot) comment() string {
	for _, o := range slices.Backward(p.overlays) {
		if o.key != nil && o.key.Comment != "" {
			return o.key.Comment
		}
	}
	var texts []string
	for _, field := range p.declarations() {
		if text := p.t.t.doc(field); text != "" && !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, "\n")
}

// steps are the lines of the schema by which the place is declared.
func (p spot) steps() causes {
	var steps causes
	if p.derived == nil {
		return nil
	}
	for _, c := range p.derived.conjuncts {
		if c.field != nil && !c.optional && c.field.Pos().IsValid() {
			steps = steps.and(c.via, causes{p.t.t.step(c.field)})
		}
	}
	return steps
}

// declarations are the fields of the schema that the place is declared by.
func (p spot) declarations() []*ast.Field {
	var fields []*ast.Field
	if p.derived != nil {
		for _, c := range p.derived.conjuncts {
			if c.field != nil && !c.optional && p.t.t.sections[c.field] != nil {
				fields = append(fields, c.field)
			}
		}
	}
	return fields
}

// commented is a line of a comment: it depends on nothing but whether the setting below it is there.
func (t *Trace) commented(document string, line model.Line) origin {
	at := line.Paths[len(line.Paths)-1]
	p := t.at(document, at)
	o := origin{because: p.presence, heading: t.heading(document), reason: p.comment()}
	for _, overlay := range p.overlays {
		if overlay.key != nil && overlay.key.Comment != "" {
			o.from, o.because = causes{p.own()}, nil
			return o
		}
	}
	for _, field := range p.declarations() {
		for _, group := range t.t.docs(field) {
			o.from = o.from.and(causes{t.t.step(group)})
		}
	}
	return o
}

// template is a line of a document without structure: the pieces of text that it is made of.
func (t *Trace) template(document string, i int) origin {
	doc := t.documents[document]
	v := doc.derived.value()
	o := origin{because: doc.row.presence().and(v.because), heading: t.heading(document)}
	at := 0
	for _, s := range v.spans {
		for n, piece := range strings.SplitAfter(s.text, "\n") {
			if n > 0 {
				at++
			}
			if at == i && (piece != "" || s.text == "") {
				o.from, o.because = o.from.and(s.from), o.because.and(s.because)
			}
		}
	}
	return o
}

// hashed is a line with a hash of files: it follows from all that they follow from.
func (t *Trace) hashed(document string, line model.Line) origin {
	o := origin{reason: "docker compose up -d creates a container anew when its definition changes, and does not look into the files that it mounts: hence the hash of them here. https://github.com/docker/compose/issues/11900"}
	for _, at := range line.Paths {
		o.because = o.because.and(t.at(document, at).presence)
	}
	service := t.at(document, line.Paths[len(line.Paths)-1][:2])
	service.enter("volumes")
	for _, mount := range service.value().entries {
		o.from = o.from.and(mount.because)
	}
	for _, name := range line.Sum {
		o.from = o.from.and(t.whole(name))
	}
	return o
}

// drawn is a line of a picture: it follows from all that the documents in it follow from.
func (t *Trace) drawn(document string, line model.Line) origin {
	o := origin{because: t.documents[document].row.presence(), reason: "Drawn of the documents when they are put together, as a picture that a reader can hold against them."}
	for _, name := range line.Drawn {
		o.from = o.from.and(t.whole(name))
	}
	return o
}

// recorded is a line of the record of what a build wrote.
func (t *Trace) recorded(line model.Line) origin {
	o := origin{reason: "The record of what the last build wrote: by it matrixgen tells a file that is stale from one that was edited, and its own files from yours."}
	for _, name := range slices.Concat(line.Sum, line.Drawn) {
		o.from = o.from.and(t.whole(name))
	}
	o.from = o.from.and(causes{t.t.field([]string{folderKey}, nil)})
	return o
}

// whole returns the causes of a whole document.
func (t *Trace) whole(name string) causes {
	doc := t.documents[name]
	if doc == nil || doc.derived == nil {
		return nil
	}
	all := causes{t.t.field([]string{folderKey}, nil)}.and(doc.row.presence(), doc.derived.value().all())
	for _, raw := range doc.raw {
		p := spot{t: t, overlays: []overlay{{path: raw, node: t.written.Along(raw)}}}
		if p.overlays[0].node != nil {
			all = all.and(p.everything())
			continue
		}
		all = all.and(causes{t.t.field(raw, func() *Field { return &Field{State: Unset} })})
	}
	return all
}

// everything returns all that the operator wrote for the place.
func (p spot) everything() causes {
	top := p.overlays[len(p.overlays)-1]
	all := causes{p.own()}
	for _, f := range top.node.Fields {
		inner := spot{t: p.t, overlays: []overlay{{append(slices.Clone(top.path), f.Key), &f, f.Value}}}
		all = all.and(inner.everything())
	}
	return all
}

// heading returns what the schema says of the whole document: where upstream documents it.
func (t *Trace) heading(document string) string {
	v := t.documents[document].derived.value()
	steps := v.from.steps()
	for _, s := range v.spans {
		steps = append(steps, s.from.steps()...)
	}
	if v.node != nil {
		for _, arc := range v.node.fields() {
			steps = append(steps, arc.declaration().steps()...)
		}
	}
	for _, step := range steps {
		if text := t.t.headings[step.Position.File]; text != "" {
			return text
		}
	}
	return ""
}
