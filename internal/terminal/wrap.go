// Package terminal sets text for a terminal of a certain width: it breaks lines between words, which terminals do in the middle of them.
package terminal

import (
	"regexp"
	"strings"
	"sync"

	"github.com/mattn/go-runewidth"
)

// Hang is by how many columns what continues a line is usually indented further than the line.
const Hang = 4

// Wrap returns the text with lines of at most so many columns, broken between words. What continues a line is indented like the line and hang
// columns further. A word that is wider itself, a path or a URL, stays whole on a line of its own. Without a width, 0, the text stays as it is.
func Wrap(text string, columns, hang int) string {
	if columns <= 0 {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		body := strings.TrimSuffix(line, "\n")
		if Columns(body) <= columns {
			b.WriteString(line)
			continue
		}
		wrapLine(&b, body, columns, hang)
		b.WriteString(line[len(body):])
	}
	return b.String()
}

// pieces are the words of a line, each with the spaces before it.
var pieces = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(` *[^ ]+| +$`) })

func wrapLine(b *strings.Builder, line string, columns, hang int) {
	words := strings.TrimLeft(line, " \t")
	indent := line[:len(line)-len(words)]
	next := indent + strings.Repeat(" ", hang)
	if Columns(next) > columns/2 {
		next = strings.Repeat(" ", min(Hang, columns/4))
	}
	b.WriteString(indent)
	column, first := Columns(indent), true
	for _, piece := range pieces().FindAllString(words, -1) {
		if word := strings.TrimLeft(piece, " "); !first && word != "" && column+Columns(piece) > columns {
			b.WriteString("\n" + next)
			column, piece = Columns(next), word
		}
		b.WriteString(piece)
		column, first = column+Columns(piece), false
	}
}

// tab is how far apart the tab stops of a terminal are.
const tab = 8

// escape matches what sets a colour and takes no room.
var escape = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("\x1b\\[[0-9;]*m") })

// Columns returns how many columns of a terminal one line takes, from the first one on.
func Columns(line string) int {
	n := 0
	for _, r := range escape().ReplaceAllString(line, "") {
		if r == '\t' {
			n += tab - n%tab
			continue
		}
		n += runewidth.RuneWidth(r)
	}
	return n
}
