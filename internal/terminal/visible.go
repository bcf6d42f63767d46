package terminal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// hides says whether a character shows nothing and does something: it steers a terminal, turns the direction of the text around, or ends a line as
// some programs read it. Line feed and tab are what they look like.
func hides(r rune) bool {
	if ' ' <= r && r <= '~' {
		return false
	}
	return r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp))
}

// Visible returns a text in which nothing hides: such characters are shown by their number, ESC as <U+001B>. Lines stay lines.
func Visible(text string) string { return show(text, hides) }

// Line returns a text as one line in which nothing hides. It is for what comes from outside, a name, a key or a value: whoever chose it does not get a line
// of his own, which a CI may read as a command.
func Line(text string) string {
	return show(text, func(r rune) bool { return r == '\n' || hides(r) })
}

func show(text string, hides func(rune) bool) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if !strings.ContainsFunc(text, hides) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if hides(r) {
			fmt.Fprintf(&b, "<U+%04X>", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Ready is text that is printed as it is: matrixgen wrote all of it, colours and line breaks too, or has made the rest visible.
type Ready string

// Sprintf formats as fmt.Sprintf does. Every argument that is text, or says itself as text, is one line in which nothing hides, unless it is Ready.
func Sprintf(format string, args ...any) string {
	shown := make([]any, len(args))
	for i, arg := range args {
		switch arg := arg.(type) {
		case Ready:
			shown[i] = string(arg)
		case string:
			shown[i] = Line(arg)
		case error:
			shown[i] = Line(arg.Error())
		case fmt.Stringer:
			shown[i] = Line(arg.String())
		default:
			shown[i] = arg
		}
	}
	return fmt.Sprintf(format, shown...)
}

// WriteJSON writes a value as indented JSON in which nothing hides: what would is an escape, and reads as the same text.
func WriteJSON(w io.Writer, value any) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return err
	}
	_, err := w.Write(EscapeJSON(b.Bytes()))
	return err
}

// EscapeJSON returns JSON that says the same, in which nothing hides.
func EscapeJSON(text []byte) []byte {
	if !bytes.ContainsFunc(text, hides) {
		return text
	}
	var escaped []byte
	for _, r := range string(text) {
		switch {
		case !hides(r):
			escaped = utf8.AppendRune(escaped, r)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			escaped = fmt.Appendf(escaped, `\u%04x\u%04x`, high, low)
		default:
			escaped = fmt.Appendf(escaped, `\u%04x`, r)
		}
	}
	return escaped
}
