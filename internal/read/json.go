package read

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// jsonReader reads JSON with positions. It goes on behind comments, trailing commas and bare words, which JSON does not have, and keeps them
// as offences: the rest of such a file can still be looked at.
type jsonReader struct {
	file     string
	at       offset
	text     string
	pos      int
	nodes    int
	line     int
	start    int // of the line
	counted  int // up to which byte of the line characters are counted, and how many they are
	column   int
	offences []offence
	fatal    *problem
}

// offence is what is not strict in a JSON text.
type offence struct {
	problem
	// excess is what stands there and only has to go, or "".
	excess string
}

// readJSON returns the tree of a JSON text, what is not strict in it, and what ended the reading.
func readJSON(file string, at offset, text []byte) (*model.Node, []offence, *problem) {
	r := &jsonReader{file: file, at: at, text: strings.TrimPrefix(string(text), "\ufeff"), line: 1}
	root := r.value(0)
	r.space()
	if r.fatal == nil && r.pos < len(r.text) {
		r.offend("something follows the end of the document")
	}
	return root, r.offences, r.fatal
}

// here returns the line and the column, in characters, of the next byte.
func (r *jsonReader) here() (line, column int) {
	if r.counted < r.start || r.counted > r.pos {
		r.counted, r.column = r.start, 0
	}
	r.column += utf8.RuneCountInString(r.text[r.counted:r.pos])
	r.counted = r.pos
	return r.line, r.column + 1
}

func (r *jsonReader) position() diag.Position {
	line, column := r.here()
	return r.at.position(r.file, line, column)
}

func (r *jsonReader) offend(message string) {
	line, column := r.here()
	r.offences = append(r.offences, offence{problem: problem{line, column, message}})
}

func (r *jsonReader) fail(message string) {
	if r.fatal == nil {
		line, column := r.here()
		r.fatal = &problem{line, column, message}
	}
}

func (r *jsonReader) peek() byte {
	if r.pos < len(r.text) {
		return r.text[r.pos]
	}
	return 0
}

// value reads a value.
func (r *jsonReader) value(depth int) *model.Node {
	r.space()
	n := &model.Node{Position: r.position()}
	if r.nodes++; depth > maxDepth || r.nodes > maxNodes {
		r.fail("the document is too large or nested too deeply")
		return n
	}
	switch c := r.peek(); {
	case c == 0:
		r.fail("a value is missing at the end of the file")
	case strings.HasPrefix(r.text[r.pos:], "{{"):
		r.word(n)
	case c == '{':
		n.Kind = model.Map
		r.pos++
		r.members(n, depth)
	case c == '[':
		n.Kind = model.List
		r.pos++
		r.items(n, depth)
	case c == '"':
		n.Kind, n.Text = model.String, r.quoted()
	case strings.IndexByte("}],:", c) >= 0:
		r.fail("a value is missing before " + strconv.Quote(string(c)))
	default:
		r.word(n)
	}
	return n
}

// members reads the fields of an object.
func (r *jsonReader) members(n *model.Node, depth int) {
	for first := true; r.fatal == nil; first = false {
		if !r.element(n, '}', first) {
			return
		}
		field := model.Field{Position: r.position()}
		if r.peek() == '"' {
			field.Key = r.quoted()
		} else {
			var key model.Node
			r.word(&key)
			field.Key = key.Text
			if r.fatal == nil {
				r.offences = append(r.offences, offence{problem: problem{field.Position.Line - r.at.line, field.Position.Column - r.at.column,
					"a key has to stand in quotes"}})
			}
		}
		if r.space(); r.fatal != nil {
			return
		}
		if r.peek() != ':' {
			r.fail("a colon is missing after the key " + strconv.Quote(field.Key))
			return
		}
		r.pos++
		field.Value = r.value(depth + 1)
		n.Fields = append(n.Fields, field)
	}
}

// items reads the elements of an array.
func (r *jsonReader) items(n *model.Node, depth int) {
	for first := true; r.fatal == nil; first = false {
		if !r.element(n, ']', first) {
			return
		}
		n.Items = append(n.Items, r.value(depth+1))
	}
}

// element goes to the next element of an object or array, and is false at its end.
func (r *jsonReader) element(n *model.Node, end byte, first bool) bool {
	r.space()
	comma := false
	if !first && r.peek() == ',' {
		comma = true
		line, column := r.here()
		r.pos++
		if r.space(); r.peek() == end {
			r.offences = append(r.offences, offence{problem{line, column, "JSON has no comma before " + strconv.Quote(string(end))}, ","})
		}
	}
	switch c := r.peek(); {
	case c == end:
		r.pos++
		return false
	case c == 0:
		r.fail("the file ends before " + strconv.Quote(string(end)))
		return false
	case !first && !comma:
		r.offend("a comma is missing")
		if strings.IndexByte("}]:", c) >= 0 {
			r.fail("a comma is missing")
			return false
		}
	}
	return true
}
