package provenance

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// value is what an expression of the schema gives for a stack, and what that follows from.
type value struct {
	// known says that the value is worked out; else it is a type, or something that is not there.
	known bool
	// missing says that the expression speaks of something that is not there.
	missing bool
	kind    model.Kind
	text    string  // the literal of a scalar that is no text
	spans   []span  // of a text
	bytes   bool    // the text is one in single quotes
	entries []entry // of a list
	node    *node   // of a map
	// from are the causes of what it is, because those of the choice between this value and another one. Spans, entries and the fields of a
	// map have their own besides.
	from, because causes
}

// span is a piece of a text with causes of its own. An empty one marks the place where text would be if the stack were another.
type span struct {
	text          string
	from, because causes
	// loose says that the text was made of a struct, and CUE may have its fields in another order.
	loose bool
}

// entry is an item of a list, or with absent one that is kept out by the causes in because.
type entry struct {
	node    *node
	because causes
	absent  bool
}

func textValue(text string, from causes) value {
	return value{known: true, kind: model.String, spans: []span{{text: text}}, from: from}
}

// literal returns the scalar as text.
func (v value) literal() string {
	if v.kind != model.String {
		return v.text
	}
	var b strings.Builder
	for _, s := range v.spans {
		b.WriteString(s.text)
	}
	return b.String()
}

func (v value) isTrue() bool { return v.known && v.kind == model.Bool && v.text == "true" }

// items returns the entries that are there.
func (v value) items() []entry {
	var items []entry
	for _, e := range v.entries {
		if !e.absent {
			items = append(items, e)
		}
	}
	return items
}

// all returns the causes of the whole value and of everything in it, also of what is kept out of it.
func (v value) all() causes {
	var all union
	v.eachContent(all.add)
	v.eachChoice(all.add)
	return all.causes
}

// content returns the causes of what the value is, over all its parts.
func (v value) content() causes {
	var from union
	v.eachContent(from.add)
	return from.causes
}

// choice returns the causes of why the value and its parts are there, and others are not.
func (v value) choice() causes {
	var because union
	v.eachChoice(because.add)
	return because.causes
}

func (v value) eachContent(yield func(causes)) {
	yield(v.from)
	for _, s := range v.spans {
		yield(s.from)
	}
	for _, e := range v.entries {
		if !e.absent {
			e.node.value().eachContent(yield)
		}
	}
	if v.node != nil {
		for _, arc := range v.node.fields() {
			yield(arc.named())
			arc.value().eachContent(yield)
		}
	}
}

func (v value) eachChoice(yield func(causes)) {
	yield(v.because)
	for _, s := range v.spans {
		yield(s.because)
	}
	for _, e := range v.entries {
		yield(e.because)
		if !e.absent {
			e.node.value().eachChoice(yield)
		}
	}
	if v.node != nil {
		yield(v.node.unmet())
		for _, arc := range v.node.fields() {
			yield(arc.presence())
			arc.value().eachChoice(yield)
		}
	}
}

// gaps returns the places that are not followed among all causes. Of a whole document these are hundreds, and most have none.
func (v value) gaps() causes {
	var all causes
	note := func(c causes) {
		if found := c.gaps(); len(found) > 0 {
			all = all.and(found)
		}
	}
	v.eachContent(note)
	v.eachChoice(note)
	return all
}
