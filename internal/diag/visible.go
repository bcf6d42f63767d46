package diag

import (
	"slices"

	"github.com/matrixgen/matrixgen/internal/terminal"
)

// visible returns the findings with messages and hints that are one line each, in which nothing hides: names and values of files that are checked stand in
// them. Names of files stay as they are, since programs open them; who prints one for people makes it visible.
func visible(findings []Finding) []Finding {
	shown := slices.Clone(findings)
	for i := range shown {
		f := &shown[i]
		f.Message, f.Hint, f.Subject = terminal.Line(f.Message), terminal.Line(f.Hint), terminal.Line(f.Subject)
		f.Related = slices.Clone(f.Related)
		for j := range f.Related {
			f.Related[j].Message = terminal.Line(f.Related[j].Message)
		}
	}
	return shown
}
