package read

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// environment holds the variables that Compose has when it reads a file, as far as they can be seen.
type environment struct {
	variables map[string]*model.Node
	budget    *budget
}

// budget is what a project may become when its variables are put in and its files are included. A few lines can ask for more than a machine has.
type budget struct {
	text      int // bytes that stand in place of references
	nodes     int // values in all files, each as often as it is included or extended
	variables int // of all services, from files
}

// Limits of a project: far more than any has, and little for a machine.
const (
	maxValue     = 128 << 10 // bytes: Linux hands no longer one to a process (MAX_ARG_STRLEN)
	maxExpanded  = 16 << 20
	maxProject   = 4 * maxNodes
	maxVariables = 500_000
	loadCosts    = 100 // values: what reading a file once more costs besides those in it
)

func newBudget() *budget {
	return &budget{text: maxExpanded, nodes: maxProject, variables: maxVariables}
}

// spent says that something was left out for being too much.
func (b *budget) spent() bool { return b.text <= 0 || b.nodes <= 0 || b.variables <= 0 }

func newEnvironment(b *budget) environment {
	return environment{map[string]*model.Node{}, b}
}

// expand replaces the references in a text as Compose does: $X, ${X}, ${X:-default}, ${X:+other}, ${X:?message}, $$. A reference to a variable
// that nothing visible sets stays as ${X}, and known is then false; so does a text that would become too long. The tests hold it against compose-go,
// which would put nothing there.
func (e environment) expand(text string, depth int) (result string, known bool) {
	if !strings.Contains(text, "$") {
		return text, true
	}
	var out strings.Builder
	known = true
	ends := closings(text)
	for at := 0; at < len(text); {
		dollar := strings.IndexByte(text[at:], '$')
		if dollar < 0 {
			out.WriteString(text[at:])
			break
		}
		out.WriteString(text[at : at+dollar])
		at += dollar + 1
		if strings.HasPrefix(text[at:], "$") {
			out.WriteByte('$')
			at++
			continue
		}
		name, operator, operand, length := reference(text[at:], ends[at]-at)
		at += length
		if name == "" {
			out.WriteByte('$')
			continue
		}
		value, sure := e.value(name, operator, operand, depth)
		if e.budget.text -= len(value); e.budget.text <= 0 || out.Len()+len(value) > maxValue {
			return text, false
		}
		known = known && sure
		out.WriteString(value)
	}
	return out.String(), known
}

// reference reads what follows a $: a name, or braces with a name, an operator and an operand. end is where the brace is closed that the text begins
// with. length is how much of the text it takes; the name is "" if it is no reference.
func reference(text string, end int) (name, operator, operand string, length int) {
	inner, braced := strings.CutPrefix(text, "{")
	n := 0
	for n < len(inner) && (inner[n] == '_' || letter(inner[n]) || n > 0 && inner[n] >= '0' && inner[n] <= '9') {
		n++
	}
	switch {
	case n == 0, braced && end <= 0:
		return "", "", "", 0
	case !braced:
		return inner[:n], "", "", n
	}
	name = inner[:n]
	body := text[1+n : end]
	for _, op := range []string{":-", "-", ":+", "+", ":?", "?"} {
		if operand, found := strings.CutPrefix(body, op); found {
			return name, op, operand, end + 1
		}
	}
	if body != "" {
		name = ""
	}
	return name, "", "", end + 1
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// closings returns where the brace behind a $ is closed, by where it is opened.
func closings(text string) map[int]int {
	ends := map[int]int{}
	var open []int
	for i := range len(text) {
		switch text[i] {
		case '{':
			open = append(open, i)
		case '}':
			if last := len(open) - 1; last >= 0 {
				if begin := open[last]; begin > 0 && text[begin-1] == '$' {
					ends[begin] = i
				}
				open = open[:last]
			}
		}
	}
	return ends
}

// value returns what stands for one reference.
func (e environment) value(name, operator, operand string, depth int) (string, bool) {
	if depth > 20 {
		return "", false
	}
	variable, set := e.variables[name]
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

// resolve returns a tree with the references in its values replaced. Keys are not touched, as in Compose. What has no reference is shared, not copied.
func (e environment) resolve(n *model.Node) *model.Node {
	if n == nil {
		return nil
	}
	resolved := n
	own := func() *model.Node {
		if resolved == n {
			c := *n
			c.Fields, c.Items = slices.Clone(n.Fields), slices.Clone(n.Items)
			resolved = &c
		}
		return resolved
	}
	e.budget.nodes--
	switch n.Kind {
	case model.Map:
		for i, f := range n.Fields {
			if value := e.resolve(f.Value); value != f.Value {
				own().Fields[i].Value = value
			}
		}
	case model.List:
		for i, item := range n.Items {
			if value := e.resolve(item); value != item {
				own().Items[i] = value
			}
		}
	case model.String:
		if strings.Contains(n.Text, "$") {
			text, known := e.expand(n.Text, 0)
			own().Text, own().Unknown = text, !known || n.Unknown && text == n.Text
		}
	}
	return resolved
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
		e.variables[f.Key] = &value
	}
}
