package adopt

import (
	"io"
	"strings"

	"github.com/matrixgen/matrixgen/internal/terminal"
)

// Text prints reports for people.
type Text struct {
	// Columns is how wide the terminal is; 0 if it is none. Commands are not broken: they are copied.
	Columns int
}

// Write prints the report.
func (t Text) Write(w io.Writer, r *Report) error {
	var b strings.Builder
	line := func(text string) { b.WriteString(terminal.Wrap(terminal.Line(text)+"\n", t.Columns, terminal.Hang)) }
	line(r.Stack + ": " + r.headline())
	for _, s := range r.sections() {
		b.WriteString("\n")
		line(s.heading)
		for _, it := range s.items {
			t.item(&b, it)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (t Text) item(b *strings.Builder, it item) {
	b.WriteString(terminal.Wrap("  "+terminal.Line(it.text)+"\n", t.Columns, terminal.Hang))
	for _, below := range it.below {
		columns := t.Columns
		if it.commands {
			columns = 0
		}
		b.WriteString(terminal.Wrap("    "+terminal.Line(below)+"\n", columns, terminal.Hang))
	}
}
