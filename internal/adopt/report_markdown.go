package adopt

import (
	"fmt"
	"io"
	"strings"

	"github.com/matrixgen/matrixgen/internal/markup"
	"github.com/matrixgen/matrixgen/internal/terminal"
)

// WriteMarkdown prints the report as a page, or as a comment of a pull request.
func WriteMarkdown(w io.Writer, r *Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s: %s\n", markup.Code(r.Stack), markup.Prose(r.headline()))
	for _, s := range r.sections() {
		fmt.Fprintf(&b, "\n**%s**\n\n", markup.Prose(s.heading))
		for _, it := range s.items {
			it.markdown(&b)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (it item) markdown(b *strings.Builder) {
	if it.commands {
		fmt.Fprintf(b, "%s\n\n~~~sh\n", markup.Prose(it.text))
		for _, command := range it.below {
			b.WriteString(terminal.Line(command) + "\n")
		}
		b.WriteString("~~~\n\n")
		return
	}
	fmt.Fprintf(b, "- %s\n", markup.Prose(it.text))
	for _, below := range it.below {
		fmt.Fprintf(b, "  - %s\n", markup.Prose(below))
	}
}
