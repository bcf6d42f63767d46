package upgrade

import (
	"fmt"
	"io"
	"strings"

	"github.com/matrixgen/matrixgen/internal/markup"
)

// WriteMarkdown prints the plans as a comment of a pull request.
func WriteMarkdown(w io.Writer, plans []*Plan) error {
	var b strings.Builder
	b.WriteString("### What newer images mean\n")
	for _, p := range plans {
		fmt.Fprintf(&b, "\n#### %s: %s\n", markup.Code(p.Name), markup.Prose(p.headline()))
		if p.Note != "" {
			fmt.Fprintf(&b, "\n%s\n", markup.Prose(p.Note))
		}
		for _, s := range p.sections() {
			fmt.Fprintf(&b, "\n**%s**\n\n", markup.Prose(s.heading))
			for _, it := range s.items {
				bullet, lead := "-", it.lead
				if strings.HasSuffix(lead, ".") {
					bullet, lead = lead, ""
				}
				b.WriteString(bullet + " " + markup.Prose(strings.TrimSpace(lead+" "+it.text)))
				if it.source != "" {
					b.WriteString(" " + markup.Code(it.source))
				}
				b.WriteString("\n")
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
