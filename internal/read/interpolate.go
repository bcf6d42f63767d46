package read

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// environment holds the variables that Compose has when it reads a file, as far as they can be seen.
type environment map[string]*model.Node

// expand replaces the references in a text as Compose does: $X, ${X}, ${X:-default}, ${X:+other}, ${X:?message}, $$. A reference to a variable
// that nothing visible sets stays as ${X}, and known is then false. The tests hold it against compose-go, which would put nothing there.
func (e environment) expand(text string, depth int) (result string, known bool) {
	if !strings.Contains(text, "$") {
		return text, true
	}
	var out strings.Builder
	known = true
	for text != "" {
		before, after, found := strings.Cut(text, "$")
		out.WriteString(before)
		if !found {
			break
		}
		if strings.HasPrefix(after, "$") {
			out.WriteByte('$')
			text = after[1:]
			continue
		}
		name, operator, operand, rest, ok := reference(after)
		text = rest
		if !ok {
			out.WriteByte('$')
			continue
		}
		value, sure := e.value(name, operator, operand, depth)
		known = known && sure
		out.WriteString(value)
	}
	return out.String(), known
}

// reference reads what follows a $: a name, or braces with a name, an operator and an operand.
func reference(text string) (name, operator, operand, rest string, ok bool) {
	inner, braced := strings.CutPrefix(text, "{")
	n := 0
	for n < len(inner) && (inner[n] == '_' || letter(inner[n]) || n > 0 && inner[n] >= '0' && inner[n] <= '9') {
		n++
	}
	if n == 0 {
		return "", "", "", text, false
	}
	if !braced {
		return inner[:n], "", "", inner[n:], true
	}
	name = inner[:n]
	end := closing(inner)
	if end < 0 {
		return "", "", "", text, false
	}
	body := inner[n:end]
	for _, op := range []string{":-", "-", ":+", "+", ":?", "?"} {
		if operand, found := strings.CutPrefix(body, op); found {
			return name, op, operand, inner[end+1:], true
		}
	}
	return name, "", "", inner[end+1:], body == ""
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// closing returns where the brace is closed that was opened before the text, or -1.
func closing(text string) int {
	open := 1
	for i := range len(text) {
		switch text[i] {
		case '{':
			open++
		case '}':
			if open--; open == 0 {
				return i
			}
		}
	}
	return -1
}

// value returns what stands for one reference.
func (e environment) value(name, operator, operand string, depth int) (string, bool) {
	if depth > 20 {
		return "", false
	}
	variable, set := e[name]
	text, known := "", true
	if set {
		text, known = variable.Text, !variable.Unknown
	}
	present := set && (!strings.HasPrefix(operator, ":") || text != "")
	switch strings.TrimPrefix(operator, ":") {
	case "-":
		if !present {
			return e.expand(operand, depth+1)
		}
	case "+":
		if present {
			return e.expand(operand, depth+1)
		}
		return "", true
	case "?":
		if !present {
			return "${" + name + "}", false
		}
	}
	if !set {
		return "${" + name + "}", false
	}
	return text, known
}

// resolve returns a copy of a tree with the references in its values replaced. Keys are not touched, as in Compose.
func (e environment) resolve(n *model.Node) *model.Node {
	if n == nil {
		return nil
	}
	resolved := *n
	switch n.Kind {
	case model.Map:
		resolved.Fields = make([]model.Field, len(n.Fields))
		for i, f := range n.Fields {
			f.Value = e.resolve(f.Value)
			resolved.Fields[i] = f
		}
	case model.List:
		resolved.Items = make([]*model.Node, len(n.Items))
		for i, item := range n.Items {
			resolved.Items[i] = e.resolve(item)
		}
	case model.String:
		if strings.Contains(n.Text, "$") {
			text, known := e.expand(n.Text, 0)
			resolved.Text, resolved.Unknown = text, !known || n.Unknown && text == n.Text
		}
	}
	return &resolved
}

// load adds the variables of an env document. Later ones may refer to earlier ones.
func (e environment) load(doc *model.Document) {
	if doc == nil || doc.Root == nil {
		return
	}
	for _, f := range doc.Root.Fields {
		if f.Value.Kind == model.Null {
			continue // the host's environment has it
		}
		value := *f.Value
		if value.Tag != literalTag {
			text, known := e.expand(value.Text, 0)
			value.Text, value.Unknown = text, value.Unknown && text == f.Value.Text || !known
		}
		e[f.Key] = &value
	}
}
