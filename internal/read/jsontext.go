package read

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/matrixgen/matrixgen/internal/model"
)

// word reads what stands without quotes: a number, a literal, or something that is no JSON.
func (r *jsonReader) word(n *model.Node) {
	begin := r.pos
	for r.pos < len(r.text) && strings.IndexByte(" \t\r\n,:]}", r.text[r.pos]) < 0 {
		if strings.HasPrefix(r.text[r.pos:], "{{") || strings.HasPrefix(r.text[r.pos:], "${") { // a placeholder, up to its end
			if end := strings.IndexByte(r.text[r.pos:], '}'); end > 0 && !strings.Contains(r.text[r.pos:r.pos+end], "\n") {
				r.pos += end
				for r.peek() == '}' {
					r.pos++
				}
				continue
			}
		}
		r.pos++
	}
	n.Text = r.text[begin:r.pos]
	n.Kind = model.String
	switch {
	case n.Text == "":
		r.fail("a value is missing")
	case n.Text == "true" || n.Text == "false":
		n.Kind = model.Bool
	case n.Text == "null":
		n.Kind, n.Text = model.Null, ""
	case strings.IndexByte("-0123456789", n.Text[0]) >= 0 && numeric(n.Text):
		n.Kind = model.Int
		if strings.ContainsAny(n.Text, ".eE") {
			n.Kind = model.Float
		}
	default:
		end := r.pos
		r.pos = begin
		r.offend("a text has to stand in quotes")
		r.pos = end
	}
}

func numeric(text string) bool { return json.Valid([]byte(text)) }

// quoted reads a text in quotes.
func (r *jsonReader) quoted() string {
	r.pos++
	var out strings.Builder
	for r.pos < len(r.text) {
		switch c := r.text[r.pos]; c {
		case '"':
			r.pos++
			return out.String()
		case '\n':
			r.fail("a text does not end in its line")
			return out.String()
		case '\\':
			r.escape(&out)
		default:
			out.WriteByte(c)
			r.pos++
		}
	}
	r.fail("a text does not end")
	return out.String()
}

func (r *jsonReader) escape(out *strings.Builder) {
	rest := r.text[r.pos+1:]
	if rest == "" {
		r.pos++
		return
	}
	if i := strings.IndexByte(`"\/bfnrt`, rest[0]); i >= 0 {
		out.WriteByte("\"\\/\b\f\n\r\t"[i])
		r.pos += 2
		return
	}
	unit, ok := hex4(rest)
	if !ok {
		r.offend("an escape that JSON does not have")
		r.pos++
		return
	}
	r.pos += 6
	if utf16.IsSurrogate(unit) {
		if low, ok := hex4(strings.TrimPrefix(r.text[r.pos:], `\`)); ok && strings.HasPrefix(r.text[r.pos:], `\u`) {
			unit = utf16.DecodeRune(unit, low)
			r.pos += 6
		}
	}
	out.WriteRune(unit)
}

// hex4 reads uXXXX.
func hex4(text string) (rune, bool) {
	if len(text) < 5 || text[0] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(text[1:5], 16, 32)
	return rune(n), err == nil
}
