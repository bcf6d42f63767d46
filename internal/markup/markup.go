// Package markup writes texts that others chose into Markdown: nothing of them is markup there.
package markup

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"github.com/matrixgen/matrixgen/internal/terminal"
)

// OneLine returns a text with spaces for the ends of its lines, and with nothing hidden.
func OneLine(text string) string { return strings.Join(strings.Fields(terminal.Visible(text)), " ") }

// plain is text that code between backticks holds in a cell of a table, too, where a bar ends it.
var plain = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("^[^`|\\\\]+$") })

// Code returns a text of one line as code, in which nothing is markup: no mention, no link, no HTML, no end of the cell of a table. What could be is
// written by its number.
func Code(text string) string {
	text = OneLine(text)
	switch {
	case text == "":
		return ""
	case plain().MatchString(text):
		return "`" + text + "`"
	}
	var b strings.Builder
	for _, r := range text {
		if r < 128 && !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != ' ' {
			fmt.Fprintf(&b, "&#%d;", r)
			continue
		}
		b.WriteRune(r)
	}
	return "<code>" + b.String() + "</code>"
}

// Prose escapes what would be markup in a sentence. Mentions are looked for in what is rendered: a word joiner ends them.
func Prose(text string) string {
	return strings.NewReplacer(`\`, `\\`, "&", "&amp;", "<", "&lt;", ">", "&gt;", "@", "@\u2060", "|", "&#124;", "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, "]", `\]`,
		"~", `\~`, "#", `\#`).Replace(OneLine(text))
}
