package read

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/matrixgen/matrixgen/internal/model"
)

// envReader reads a file of environment variables as Compose does, with positions. Values stay as they stand, with their references; which
// of them Compose would expand is noted in literal. The tests hold it against compose-go, whose own reader keeps no positions.
type envReader struct {
	file string
	text string
	pos  int
	line int
	from int // where the line begins
}

// literalTag marks a value in which $ is an ordinary letter.
const literalTag = "!literal"

// readEnv returns a map of the variables, and what ended the reading, if something did.
func readEnv(file string, text []byte) (*model.Node, *problem) {
	r := &envReader{file: file, line: 1, text: strings.ReplaceAll(strings.TrimPrefix(string(text), "\ufeff"), "\r\n", "\n")}
	root := &model.Node{Kind: model.Map, Position: offset{}.position(file, 1, 1)}
	var comments []string
	for r.pos < len(r.text) {
		line := r.text[r.pos:]
		if i := strings.IndexByte(line, '\n'); i >= 0 {
			line = line[:i]
		}
		switch trimmed := strings.TrimSpace(line); {
		case trimmed == "":
			comments = nil
			r.skip(len(line) + 1)
		case trimmed[0] == '#':
			comments = append(comments, strings.TrimSpace(strings.TrimLeft(trimmed, "#")))
			r.skip(len(line) + 1)
		default:
			field, problem := r.variable(line)
			if problem != nil {
				return root, problem
			}
			field.Comment = strings.Join(comments, "\n")
			comments = nil
			root.Fields = append(root.Fields, field)
		}
	}
	return root, nil
}

// skip goes on by some bytes.
func (r *envReader) skip(n int) {
	for end := min(r.pos+n, len(r.text)); r.pos < end; r.pos++ {
		if r.text[r.pos] == '\n' {
			r.line, r.from = r.line+1, r.pos+1
		}
	}
}

func (r *envReader) column(at int) int { return utf8.RuneCountInString(r.text[r.from:at]) + 1 }

// variable reads one variable; what it does not consume of the line is the next statement.
func (r *envReader) variable(line string) (model.Field, *problem) {
	begin := len(line) - len(strings.TrimLeftFunc(line, unicode.IsSpace))
	if rest, ok := strings.CutPrefix(line[begin:], "export"); ok && rest != strings.TrimLeft(rest, " \t") {
		begin = len(line) - len(strings.TrimLeft(rest, " \t"))
	}
	name := line[begin:]
	end := strings.IndexAny(name, "=:")
	if end >= 0 {
		name = name[:end]
	}
	field := model.Field{Key: strings.TrimRightFunc(name, unicode.IsSpace), Position: offset{}.position(r.file, r.line, r.column(r.pos+begin))}
	for i, c := range field.Key {
		if !unicode.IsLetter(c) && !unicode.IsNumber(c) && !strings.ContainsRune("_.-[]", c) {
			return field, &problem{r.line, r.column(r.pos + begin + i), "unexpected character " + strconv.Quote(string(c)) + " in the name of a variable"}
		}
	}
	field.Value = &model.Node{Position: field.Position}
	if end < 0 { // a name alone: the host's environment has the value
		r.skip(len(line) + 1)
		return field, nil
	}
	r.skip(begin + end + 1)
	for r.pos < len(r.text) && strings.ContainsRune(" \t\v\f\r", rune(r.text[r.pos])) {
		r.pos++
	}
	field.Value.Position = offset{}.position(r.file, r.line, r.column(r.pos))
	field.Value.Kind = model.String
	return field, r.value(field.Value)
}

// value reads a value: to the end of the line, or in quotes over several.
func (r *envReader) value(n *model.Node) *problem {
	rest := r.text[r.pos:]
	if rest == "" || rest[0] != '"' && rest[0] != '\'' {
		line, _, _ := strings.Cut(rest, "\n")
		text, _, _ := strings.Cut(line, " #")
		n.Text = strings.TrimRightFunc(text, unicode.IsSpace)
		r.skip(len(line) + 1)
		return nil
	}
	quote := rest[0]
	var out strings.Builder
	for i := 1; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == quote:
			n.Text = out.String()
			if quote == '\'' {
				n.Tag = literalTag
			} else {
				n.Text = unescape(n.Text)
			}
			r.skip(i + 1)
			return nil
		case c == '\\' && i+1 < len(rest):
			i++
			if rest[i] != quote {
				out.WriteByte('\\')
			}
			out.WriteByte(rest[i])
		default:
			out.WriteByte(c)
		}
	}
	return &problem{r.line, r.column(r.pos), "the quotes are not closed"}
}

// unescape replaces the escapes of a text in double quotes; \$ becomes $$, which stands for a $.
func unescape(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	return strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r", `\t`, "\t", `\a`, "\a", `\b`, "\b", `\f`, "\f", `\v`, "\v", `\"`, `"`, `\$`, "$$").Replace(text)
}
