package review

import (
	"fmt"
	"html"
	"io"
	"regexp"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/change"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/markup"
	"github.com/matrixgen/matrixgen/internal/terminal"
)

// Limits of a comment, in bytes. GitHub takes 65,536 characters; the summary leaves room for the beginning of the diffs.
const (
	maxComment = 65_000
	maxSummary = 45_000
	maxDiff    = 20_000 // of one file
)

// WriteMarkdown prints the report as one comment of a pull request, for GitHub, GitLab and Forgejo. However much differs, it is not longer than
// these take; what is left out, it says.
func WriteMarkdown(w io.Writer, r Report) error {
	m := &markdown{}
	m.headline(r)
	stacks := r.changed()
	for i, s := range stacks {
		if !m.stack(s) {
			m.force(fmt.Sprintf("\nThis comment is full: %s not shown.\n", plural(len(stacks)-i, "stack is", "stacks are")))
			break
		}
	}
	m.diffs(stacks)
	_, err := io.WriteString(w, m.text.String())
	return err
}

// markdown is a text with a limit.
type markdown struct {
	text strings.Builder
}

// add adds a part if it leaves room for what comes after it.
func (m *markdown) add(part string) bool { return m.upTo(maxSummary, part) }

func (m *markdown) upTo(limit int, part string) bool {
	if m.text.Len()+len(part) > limit {
		return false
	}
	m.text.WriteString(part)
	return true
}

// force adds a short part; the limits leave room for some.
func (m *markdown) force(part string) { m.text.WriteString(part) }

// headline says in a line what the change means at its worst, and how many settings are of each level.
func (m *markdown) headline(r Report) {
	fmt.Fprintf(&m.text, "### What changes for users and operators\n\nFrom %s to %s.\n", markup.Code(r.From), markup.Code(r.To))
	if !r.Differs() {
		m.force("\nNothing: the generated files stay as they are.\n")
		return
	}
	var parts []string
	counts := r.counts()
	for i := range format.Levels() {
		level := format.Levels()[len(format.Levels())-1-i]
		if counts[level] > 0 {
			words := level.Words()
			if level >= format.Migration {
				words = "**" + words + "**"
			}
			parts = append(parts, fmt.Sprintf("%s: %d", words, counts[level]))
		}
	}
	if len(parts) > 0 {
		fmt.Fprintf(&m.text, "\n%s\n", strings.Join(parts, " · "))
	}
}

// stack adds the table of a stack, as far as there is room. It is false if there is none even for its heading.
func (m *markdown) stack(s Stack) bool {
	heading := fmt.Sprintf("\n#### Stack %s: %s\n", markup.Code(s.Name), s.consequence())
	if s.Note != "" {
		heading += "\n" + markup.Prose(s.Note) + "\n"
	}
	if !m.add(heading) {
		return false
	}
	for i, step := range s.Steps {
		text := fmt.Sprintf("\n%d. **%s**%s", i+1, markup.Prose(step.Title), downWord(step))
		if step.Text != "" {
			text += "\n\n   " + markup.Prose(step.Text)
		}
		if len(step.Commands) > 0 {
			text += "\n\n   ```sh\n   " + strings.Join(step.Commands, "\n   ") + "\n   ```"
		}
		if !m.add(text + "\n") {
			m.force(fmt.Sprintf("\n%s not shown.\n", plural(len(s.Steps)-i, "further step is", "further steps are")))
			break
		}
	}
	if len(s.Changes) == 0 {
		return true
	}
	m.force("\n| Consequence | Setting | Before | After | Why |\n| --- | --- | --- | --- | --- |\n")
	for i, c := range s.Changes {
		if !m.add(row(c)) {
			m.force(fmt.Sprintf("\n%s not shown in this table.\n", plural(len(s.Changes)-i, "further change is", "further changes are")))
			break
		}
	}
	return true
}

// row is a line of the table.
func row(c change.Change) string {
	file, setting := name(c)
	from, to := values(c)
	switch {
	case c.Kind == change.Reordered:
		from, to = "", "another order"
	case c.Kind == change.Changed && from+to == "":
		to = "something else"
	}
	words := c.Level.Words()
	if c.Level >= format.Migration {
		words = "**" + words + "**"
	}
	why := markup.Prose(c.Why)
	switch {
	case strings.HasPrefix(c.Source, "https://"):
		why += fmt.Sprintf(" [source](%s)", c.Source)
	case c.Source != "":
		why += " Source: " + markup.Code(c.Source)
	}
	return fmt.Sprintf("| %s | %s<br>%s | %s | %s | %s |\n", words, markup.Code(file), markup.Code(setting), markup.Code(from), markup.Code(to), why)
}

// diffs adds the diffs of the files, each folded. A long one is cut, and what there is no room for is named.
func (m *markdown) diffs(stacks []Stack) {
	var left []string
	for _, s := range stacks {
		for _, f := range s.Files {
			if len(left) > 0 || m.text.Len() > maxComment-4_000 || !m.upTo(maxComment-600, m.folded(f)) {
				left = append(left, f.Name)
			}
		}
	}
	if len(left) == 0 {
		return
	}
	m.force(fmt.Sprintf("\nThe diffs of %s not shown, for this comment is full; `matrixgen diff` shows all.\n", plural(len(left), "further file are", "further files are")))
}

// folded returns a file's diff, cut to what is left of the comment, between fences that it cannot break.
func (m *markdown) folded(f File) string {
	diff := terminal.Visible(f.Diff)
	if diff == "" {
		return fmt.Sprintf("\n%s: nothing but secrets differs, which are not shown.\n", markup.Code(f.Name))
	}
	shown, rest := cut(diff, min(maxDiff, maxComment-2_000-m.text.Len()))
	added, removed := count(diff)
	fence := strings.Repeat("`", max(3, longestRun(shown)+1))
	text := fmt.Sprintf("\n<details><summary><code>%s</code>: %s, +%d −%d</summary>\n\n%sdiff\n%s%s\n", html.EscapeString(markup.OneLine(f.Name)), f.Kind, added, removed, fence, shown, fence)
	if rest > 0 {
		text += fmt.Sprintf("\n%s left out.\n", plural(rest, "line is", "lines are"))
	}
	return text + "\n</details>\n"
}

// cut returns the whole lines that fit, and how many do not.
func cut(text string, room int) (string, int) {
	end, rest := 0, 0
	for line := range strings.Lines(text) {
		if rest > 0 || end+len(line) > room {
			rest++
			continue
		}
		end += len(line)
	}
	shown := text[:end]
	if shown != "" && !strings.HasSuffix(shown, "\n") {
		shown += "\n"
	}
	return shown, rest
}

// count returns how many lines a unified diff adds and removes.
func count(diff string) (added, removed int) {
	for i, line := range strings.Split(diff, "\n") {
		switch {
		case i < 2: // the names
		case strings.HasPrefix(line, "+"):
			added++
		case strings.HasPrefix(line, "-"):
			removed++
		}
	}
	return added, removed
}

var backticks = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("`+") })

func longestRun(text string) int {
	longest := 0
	for _, run := range backticks().FindAllString(text, -1) {
		longest = max(longest, len(run))
	}
	return longest
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
