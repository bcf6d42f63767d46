package diag

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/terminal"
)

// longest is how many bytes a message or a hint has at most. What a file makes longer, nobody reads.
const longest = 4_000

// line returns a text as one line in which nothing hides, and that somebody may read.
func line(text string) string {
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return terminal.Line(text)
}

// visible returns the findings with messages and hints that are one line each, in which nothing hides: names and values of files that are checked stand in
// them. Names of files stay as they are, since programs open them; who prints one for people makes it visible.
func visible(findings []Finding) []Finding {
	shown := slices.Clone(findings)
	for i := range shown {
		f := &shown[i]
		f.Message, f.Hint, f.Subject = line(f.Message), line(f.Hint), line(f.Subject)
		f.Related = slices.Clone(f.Related)
		for j := range f.Related {
			f.Related[j].Message = line(f.Related[j].Message)
		}
	}
	return shown
}
