package outdir

import (
	"fmt"
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// contextLines is how many unchanged lines a hunk shows before and after what it changes.
const contextLines = 3

// Unified returns the difference between two texts as a unified diff, which patch and git apply take; "" if there is none. The names stand in
// its header as they are given: "a/compose.yaml", or "/dev/null" for a file that is not there. The same texts always give the same diff.
func Unified(oldName, newName string, old, new []byte) string {
	lines := changedLines(string(old), string(new))
	if len(lines) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "--- %s\n+++ %s\n", headerName(oldName), headerName(newName))
	for _, h := range hunks(lines) {
		h.write(&b)
	}
	return b.String()
}

// headerName ends a name that has spaces with a tab, so that patch does not take what follows a space for a time.
func headerName(name string) string {
	if strings.Contains(name, " ") {
		return name + "\t"
	}
	return name
}

// changedLine is a line of either text, with its end. Its mark is ' ' if both have it, '-' if only the old one has, '+' if only the new one has.
type changedLine struct {
	mark byte
	text string
}

// changedLines returns the lines of both texts in order; none if the texts are the same. Between two unchanged lines, those of the old text come
// first.
func changedLines(old, new string) []changedLine {
	if old == new {
		return nil
	}
	differ := diffmatchpatch.New()
	differ.DiffTimeout = 0 // a diff that depends on the time it took would not be the same twice
	oldRunes, newRunes, table := differ.DiffLinesToRunes(old, new)
	var lines []changedLine
	for _, d := range differ.DiffCharsToLines(differ.DiffMainRunes(oldRunes, newRunes, false), table) {
		mark := map[diffmatchpatch.Operation]byte{diffmatchpatch.DiffEqual: ' ', diffmatchpatch.DiffDelete: '-', diffmatchpatch.DiffInsert: '+'}[d.Type]
		for line := range strings.Lines(d.Text) {
			lines = append(lines, changedLine{mark, line})
		}
	}
	return lines
}

// hunk is a part of the lines, and the number of the line before it in either text.
type hunk struct {
	lines    []changedLine
	old, new int
}

// hunks cuts the lines into parts of changes with their context. Changes whose contexts touch share one.
func hunks(lines []changedLine) []hunk {
	var all []hunk
	start, end := 0, 0 // of the open hunk
	old, new := 0, 0   // lines of the texts before it
	counted := 0
	closeHunk := func() {
		if end == start {
			return
		}
		for _, line := range lines[counted:start] {
			old, new = old+oldLines(line), new+newLines(line)
		}
		counted = start
		all = append(all, hunk{lines[start:end], old, new})
	}
	for i, line := range lines {
		if line.mark == ' ' {
			continue
		}
		if i-contextLines > end {
			closeHunk()
			start = i - contextLines
		} else if end == 0 {
			start = max(0, i-contextLines)
		}
		end = min(len(lines), i+1+contextLines)
	}
	closeHunk()
	return all
}

func (h hunk) write(b *strings.Builder) {
	olds, news := 0, 0
	for _, line := range h.lines {
		olds, news = olds+oldLines(line), news+newLines(line)
	}
	fmt.Fprintf(b, "@@ -%s +%s @@\n", span(h.old, olds), span(h.new, news))
	for _, line := range h.lines {
		b.WriteByte(line.mark)
		b.WriteString(line.text)
		if !strings.HasSuffix(line.text, "\n") {
			b.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

// span returns the lines of a hunk in one text as its header has them: the first and how many, or the line before if it has none.
func span(before, count int) string {
	switch count {
	case 0:
		return fmt.Sprintf("%d,0", before)
	case 1:
		return fmt.Sprint(before + 1)
	}
	return fmt.Sprintf("%d,%d", before+1, count)
}

func oldLines(line changedLine) int {
	if line.mark == '+' {
		return 0
	}
	return 1
}

func newLines(line changedLine) int {
	if line.mark == '-' {
		return 0
	}
	return 1
}
