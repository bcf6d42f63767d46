package upgrade

import (
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"

	"github.com/matrixgen/matrixgen/internal/terminal"
)

// Text prints plans for people.
type Text struct {
	Color bool
	// Columns is how wide the terminal is; 0 if it is none.
	Columns int
}

// Write prints the plans.
func (t Text) Write(w io.Writer, plans []*Plan) error {
	var b strings.Builder
	for i, p := range plans {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s: %s\n", t.bold(terminal.Line(p.Name)), p.headline())
		if p.Note != "" {
			fmt.Fprintf(&b, "note: %s\n", terminal.Line(p.Note))
		}
		for _, s := range p.sections() {
			fmt.Fprintf(&b, "\n%s\n", t.bold(terminal.Line(s.heading)))
			for _, it := range s.items {
				b.WriteString("  " + terminal.Line(strings.TrimSpace(it.lead+" "+it.text)) + "\n")
				if it.source != "" {
					b.WriteString("    " + terminal.Line(it.source) + "\n")
				}
			}
		}
	}
	_, err := io.WriteString(w, terminal.Wrap(b.String(), t.Columns, terminal.Hang))
	return err
}

func (t Text) bold(text string) string {
	if !t.Color {
		return text
	}
	c := color.New(color.Bold)
	c.EnableColor()
	return c.Sprint(text)
}
