package review

import (
	"fmt"
	"strings"
	"unicode"
)

// visible returns a text in which nothing hides: characters that steer a terminal, reverse the text or have no width are shown by their number. A
// tab stays one, and so does the end of a line.
func visible(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	hides := func(r rune) bool {
		return r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp))
	}
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
