package provenance

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Refusal says why a line of a document has no answer; "" if it has one. A line that follows from whole documents has none if one of these has none.
func (t *Trace) Refusal(document string, line model.Line) string {
	for _, name := range slices.Concat([]string{document}, line.Sum, line.Drawn) {
		if why := t.refused[name]; why != "" {
			return why
		}
	}
	return ""
}

// check compares what was worked out with what CUE made of the schema, and refuses the documents that are others.
func (t *Trace) check() {
	for _, doc := range t.stack.Documents {
		followed := t.documents[doc.Name]
		if followed == nil || followed.derived == nil {
			t.refused[doc.Name] = "nothing in the schema derives " + doc.Name
			continue
		}
		gaps := followed.derived.value().gaps().and(followed.row.presence().gaps())
		path, ok := t.same(doc.Name, doc.Root, nil)
		if len(gaps) > 0 {
			t.refused[doc.Name] = fmt.Sprint(gaps[0])
		} else if !ok {
			t.refused[doc.Name] = fmt.Sprintf("at %q of %s the schema, as explain follows it, comes to another value than CUE", strings.Join(path, "."), doc.Name)
		}
	}
}

// same compares the value at a path, with all in it. It returns the path to the first that differs.
func (t *Trace) same(document string, want *model.Node, path []string) ([]string, bool) {
	if p := t.at(document, path); !p.replaced() && !p.is(want) {
		return path, false
	}
	for _, f := range want.Fields {
		if at, ok := t.same(document, f.Value, append(slices.Clone(path), f.Key)); !ok {
			return at, false
		}
	}
	for i, item := range want.Items {
		if at, ok := t.same(document, item, append(slices.Clone(path), strconv.Itoa(i))); !ok {
			return at, false
		}
	}
	return nil, true
}

// is reports whether the derived value is that of the node, apart from what is in it.
func (p spot) is(want *model.Node) bool {
	v := p.value()
	switch {
	case !v.known || v.kind != want.Kind:
		return false
	case v.kind == model.Map:
		for _, arc := range v.node.fields() {
			if want.Get(plainName(arc.name)) == nil {
				return false
			}
		}
		return true
	case v.kind == model.List:
		return len(v.items()) == len(want.Items)
	case v.kind == model.String:
		return follows(v.spans, want.Text)
	}
	return v.text == want.Text
}

// follows compares a text with its pieces. What is made of a struct is taken over as it stands there, up to where the next piece begins: the order of
// its fields, and how its numbers are written, is CUE's affair.
func follows(spans []span, want string) bool {
	for i, s := range spans {
		if !s.loose {
			rest, ok := strings.CutPrefix(want, s.text)
			if !ok {
				return false
			}
			want = rest
			continue
		}
		end := len(want)
		if next := fixed(spans[i+1:]); next != "" {
			end = strings.Index(want, next)
		}
		if end < 0 {
			return false
		}
		spans[i].text, want = want[:end], want[end:]
	}
	return want == ""
}

// fixed returns the text of the pieces up to the next that is loose.
func fixed(spans []span) string {
	var b strings.Builder
	for _, s := range spans {
		if s.loose {
			break
		}
		b.WriteString(s.text)
	}
	return b.String()
}
