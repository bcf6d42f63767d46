package change

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// longest is how many characters of a value are shown.
const longest = 160

// render returns a value in one line, shortened, without the secrets in it.
func (p place) render(n *model.Node) string {
	if n = p.normal(n); n == nil || n.Kind == model.Map && len(n.Fields) == 0 {
		return ""
	}
	var b strings.Builder
	p.write(&b, n)
	text := []rune(strings.Join(strings.Fields(b.String()), " "))
	if n.Kind == model.String && len(text) == 0 {
		return `""`
	}
	if len(text) > longest {
		return string(text[:longest]) + "…"
	}
	return string(text)
}

func (p place) write(b *strings.Builder, n *model.Node) {
	if n = p.normal(n); n == nil {
		return
	}
	switch {
	case n.Kind == model.Null:
		b.WriteString("null")
	case b.Len() > 4*longest:
	case p.secret && n.Kind != model.Map && n.Kind != model.List:
		b.WriteString(hidden)
	case n.Kind == model.Map:
		b.WriteString("{")
		for i, f := range n.Fields {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(b, "%s: ", f.Key)
			below := place{secret: p.secret || p.hides(f.Key, f.Value)}
			if key := keyOf(p.table, f.Key); key != nil {
				below.table = key.Type
			}
			below.write(b, f.Value)
		}
		b.WriteString("}")
	case n.Kind == model.List:
		b.WriteString("[")
		for i, item := range n.Items {
			if i > 0 {
				b.WriteString(", ")
			}
			p.element().write(b, item)
		}
		b.WriteString("]")
	default:
		b.WriteString(withoutPasswords(n.Text))
	}
}

// element returns the place of the items of a list.
func (p place) element() place {
	below := place{secret: p.secret}
	if p.table != nil {
		for _, arm := range p.table.Arms() {
			if arm.Items != nil {
				below.table = arm.Items
			}
		}
	}
	return below
}
