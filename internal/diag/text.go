package diag

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/fatih/color"

	"github.com/matrixgen/matrixgen/internal/terminal"
)

// Text prints findings for people: position, severity, message and rule; on a terminal also the source line and a caret under the place.
type Text struct {
	Color   bool
	Excerpt bool
	// Columns is how wide the terminal is; 0 if it is none, and lines are as long as what they say.
	Columns int
	// Source returns the content of a file that findings point into.
	Source func(file string) ([]byte, error)
	// Hide says that a line may hold a secret, and is not to be shown. It may be nil.
	Hide func(line string) bool
}

// Write prints the findings in the given order.
func (t Text) Write(w io.Writer, findings []Finding) {
	for _, f := range visible(findings) {
		t.line(w, "%s%s %s %s\n", t.place(f.Position), t.severity(f.Severity), f.Message, terminal.Ready(t.paint("["+f.Rule+"]", color.Faint)))
		if t.Excerpt && !f.Secret {
			t.excerpt(w, f.Position)
		}
		for _, r := range f.Related {
			t.line(w, "\t%s%s\n", t.place(r.Position), r.Message)
		}
		if f.Hint != "" {
			t.line(w, "\thint: %s\n", f.Hint)
		}
	}
}

func (t Text) line(w io.Writer, format string, args ...any) {
	fmt.Fprint(w, terminal.Wrap(terminal.Sprintf(format, args...), t.Columns, terminal.Hang))
}

func (t Text) place(p Position) terminal.Ready {
	place := terminal.Line(p.File)
	if p.Line > 0 {
		place += fmt.Sprintf(":%d", p.Line)
	}
	if p.Column > 0 {
		place += fmt.Sprintf(":%d", p.Column)
	}
	if place == "" {
		return ""
	}
	return terminal.Ready(t.paint(place+":", color.Bold) + " ")
}

func (t Text) severity(s Severity) terminal.Ready {
	paint := map[Severity]color.Attribute{Info: color.FgCyan, Warning: color.FgYellow, Error: color.FgRed}[s]
	return terminal.Ready(t.paint(s.String()+":", paint))
}

// Heading returns a heading as this printer shows one.
func (t Text) Heading(text string) string { return t.paint(text, color.Bold) }

// paint colours the text by this printer's own setting; the library's global one is left alone.
func (t Text) paint(text string, attribute color.Attribute) string {
	c := color.New(attribute)
	if !t.Color {
		return text
	}
	c.EnableColor()
	return c.Sprint(text)
}

// excerptIndent is what a source line stands behind: a tab, eight columns.
const excerptIndent = "\t"

// excerpt prints the source line, as much of it as fits, and a caret. Tabs keep their width, and wide characters count as two columns of the terminal.
func (t Text) excerpt(w io.Writer, p Position) {
	if t.Source == nil || p.Line < 1 {
		return
	}
	text, err := t.Source(p.File)
	if err != nil {
		return
	}
	lines := bytes.Split(text, []byte("\n"))
	if p.Line > len(lines) {
		return
	}
	line := strings.ToValidUTF8(strings.TrimRight(string(lines[p.Line-1]), "\r"), "\uFFFD")
	if t.Hide != nil && t.Hide(line) {
		return
	}
	room := 0
	if t.Columns > 0 {
		room = max(t.Columns-terminal.Columns(excerptIndent), 1)
	}
	before := []rune(line)
	before = before[:min(len(before), max(p.Column-1, 0))]
	line, at := terminal.Cut(terminal.Line(line), utf8.RuneCountInString(terminal.Line(string(before))), room)
	before = []rune(line)
	before = before[:min(len(before), at)]
	var indent strings.Builder
	for _, r := range before {
		if r == '\t' {
			indent.WriteByte('\t')
			continue
		}
		indent.WriteString(strings.Repeat(" ", terminal.Columns(string(r))))
	}
	fmt.Fprintf(w, "%s%s\n%s%s%s\n", excerptIndent, line, excerptIndent, indent.String(), t.paint("^", color.FgGreen))
}
