package emit

import (
	"bytes"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/matrixgen/matrixgen/internal/model"
)

// block writes trees as yaml.v3 does, byte for byte, in a fifth of the time: what it takes for nearly every text, that it can stand as it is, is seen at
// once. It asks yaml.v3 for the others, and gives up a document with what is rare.
type block struct {
	bytes.Buffer
	// rare says that something came that is not written here: the document is to be written by yaml.v3.
	rare bool
}

// breaks are what YAML takes for the end of a line, besides the usual one: a text with one goes on in another line.
const breaks = "\r\u0085\u2028\u2029"

// longestKey is how long a key may be here. YAML writes longer ones, from 128 letters on, in another way.
const longestKey = 100

// fields writes the fields of a map, each on lines of its own. The indentation of the first may be written already.
func (b *block) fields(n *model.Node, indent int, indented bool) {
	for i, f := range n.Fields {
		there := i == 0 && indented
		begin := func() {
			if !there {
				b.indent(indent)
			}
			there = false
		}
		if f.Comment != "" {
			for line := range strings.SplitSeq(f.Comment, "\n") {
				begin()
				b.WriteString("# " + line + "\n")
			}
		}
		begin()
		b.rare = b.rare || len(f.Key) > longestKey || strings.ContainsAny(f.Comment, breaks)
		b.WriteString(b.text(f.Key))
		b.WriteByte(':')
		b.value(f.Value, indent+2)
	}
}

// value writes what stands behind a key.
func (b *block) value(n *model.Node, indent int) {
	switch {
	case len(n.Fields) > 0 && n.Kind == model.Map:
		b.WriteByte('\n')
		b.fields(n, indent, false)
	case len(n.Items) > 0 && n.Kind == model.List:
		b.WriteByte('\n')
		b.items(n, indent, false)
	default:
		b.WriteByte(' ')
		b.scalar(n)
	}
}

// items writes the items of a list, as fields does.
func (b *block) items(n *model.Node, indent int, indented bool) {
	for i, item := range n.Items {
		if i > 0 || !indented {
			b.indent(indent)
		}
		b.WriteString("- ")
		switch {
		case len(item.Fields) > 0 && item.Kind == model.Map:
			b.fields(item, indent+2, true)
		case len(item.Items) > 0 && item.Kind == model.List:
			b.items(item, indent+2, true)
		default:
			b.scalar(item)
		}
	}
}

func (b *block) scalar(n *model.Node) {
	switch n.Kind {
	case model.Map:
		b.WriteString("{}")
	case model.List:
		b.WriteString("[]")
	case model.String:
		b.WriteString(b.text(n.Text))
	default:
		b.WriteString(n.Text)
	}
	b.WriteByte('\n')
}

func (b *block) indent(columns int) {
	for range columns {
		b.WriteByte(' ')
	}
}

// text returns a text as it is written.
func (b *block) text(text string) string {
	switch {
	case isPlain(text):
		return text
	case isNumber(text), slices.Contains(words(), text): // without quotes, it would be no text
		return `"` + text + `"`
	case text != "" && strings.IndexByte("{%", text[0]) >= 0 && isPrintable(text) && !strings.Contains(text, "'") && !strings.HasSuffix(text, " "):
		return "'" + text + "'"
	case strings.ContainsAny(text, "\n"+breaks):
		b.rare = true
		return ""
	}
	const key = "x: "
	written, err := yaml.Marshal(&yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{yamlString("x"), yamlString(text)}})
	inLine, found := strings.CutPrefix(strings.TrimSuffix(string(written), "\n"), key)
	if err != nil || !found || strings.Contains(inLine, "\n") {
		b.rare = true
	}
	return inLine
}

// isPlain reports whether a text surely stands as it is, without quotes: it begins as a word, a path, an option, a duration or an address does, has
// behind that no sign that YAML takes for its own, and is no word that YAML takes for something else.
func isPlain(text string) bool {
	if !isPrintable(text) || strings.Contains(text, ": ") || strings.Contains(text, " #") || strings.HasSuffix(text, ":") || strings.HasSuffix(text, " ") {
		return false
	}
	digits := strings.TrimLeft(text, "0123456789")
	switch rest := strings.TrimPrefix(strings.TrimPrefix(text, "-"), "-"); {
	case rest != "" && isLetter(rest[0]):
		return len(text) > longestWord || !slices.Contains(words(), strings.ToLower(text))
	case strings.HasPrefix(text, "./"), strings.HasPrefix(text, "/") && len(text) > 1:
		return true
	case len(digits) == 1 && len(text) > 1:
		return isLetter(digits[0]) // 5s, 50M
	}
	return strings.Count(text, ".") == 3 && strings.Trim(text, "0123456789./:") == "" && isDigit(text[0]) // 10.0.0.0/8, 0.0.0.0:8080
}

// words are those that YAML, or what reads it, takes for something else than text.
func words() []string {
	return []string{"true", "false", "null", "y", "n", "yes", "no", "on", "off"}
}

// longestWord is the length of the longest of those words.
const longestWord = 5

// isPrintable reports whether a text has letters and signs of ASCII alone.
func isPrintable(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

func isNumber(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
