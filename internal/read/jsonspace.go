package read

import "strings"

// space skips white space and comments.
func (r *jsonReader) space() {
	for r.pos < len(r.text) {
		switch c := r.text[r.pos]; {
		case c == '\n':
			r.newline()
		case c == ' ' || c == '\t' || c == '\r':
			r.pos++
		case c == '#' || strings.HasPrefix(r.text[r.pos:], "//"):
			r.offend("JSON has no comments")
			for r.pos < len(r.text) && r.text[r.pos] != '\n' {
				r.pos++
			}
		case strings.HasPrefix(r.text[r.pos:], "/*"):
			r.offend("JSON has no comments")
			r.skipBlock("*/")
		case strings.HasPrefix(r.text[r.pos:], "{#"), strings.HasPrefix(r.text[r.pos:], "{%"):
			r.offend("a tag of a template")
			r.skipBlock(r.text[r.pos+1:r.pos+2] + "}")
		default:
			return
		}
	}
}

func (r *jsonReader) newline() {
	r.pos++
	r.line, r.start = r.line+1, r.pos
}

// skipBlock skips to behind an end mark.
func (r *jsonReader) skipBlock(end string) {
	for r.pos < len(r.text) {
		switch {
		case strings.HasPrefix(r.text[r.pos:], end):
			r.pos += 2
			return
		case r.text[r.pos] == '\n':
			r.newline()
		default:
			r.pos++
		}
	}
}
