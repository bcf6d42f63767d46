package review

import (
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"

	"github.com/matrixgen/matrixgen/internal/change"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/move"
	"github.com/matrixgen/matrixgen/internal/terminal"
)

// Text prints reports for people: for each stack first what changes and what that means, then the files.
type Text struct {
	Color bool
	// Columns is how wide the terminal is; 0 if it is none. Diffs are not broken: they may be copied.
	Columns int
}

// Write prints the report.
func (t Text) Write(w io.Writer, r Report) error {
	p := &printer{w: w, color: t.Color, columns: t.Columns}
	for i, s := range r.changed() {
		if i > 0 {
			p.line("")
		}
		t.stack(p, s)
	}
	return p.err
}

func (t Text) stack(p *printer, s Stack) {
	p.line("%s: %s", p.paint(s.Name, color.Bold), p.paint(s.consequence(), levelColor(s)...))
	if s.Note != "" {
		p.line("note: %s", s.Note)
	}
	p.steps(s.Steps)
	for _, g := range s.groups() {
		p.line("")
		p.line("  %s: %s", p.paint(g.Level.Words(), colorOf(g.Level)...), g.Why)
		if g.Source != "" {
			p.line("  %s", p.paint(g.Source, color.Faint))
		}
		for _, c := range g.changes {
			file, setting := name(c)
			p.line("    %s: %s%s", file, p.paint(setting, color.Bold), p.difference(c))
		}
	}
	for _, f := range s.Files {
		p.line("")
		if f.Diff == "" {
			p.line("%s: nothing but secrets differs, which are not shown", f.Name)
			continue
		}
		for line := range strings.Lines(terminal.Visible(f.Diff)) {
			p.write(string(p.diffLine(strings.TrimSuffix(line, "\n"))) + "\n")
		}
	}
}

// steps prints the steps of a move.
func (p *printer) steps(steps []move.Step) {
	for i, step := range steps {
		p.line("")
		p.line("  %d. %s%s", i+1, p.paint(step.Title, color.Bold), downWord(step))
		if step.Text != "" {
			p.line("     %s", step.Text)
		}
		for _, command := range step.Commands {
			p.write("       " + terminal.Line(command) + "\n") // to be copied
		}
	}
}

// downWord says beside a step that the server is down.
func downWord(step move.Step) string {
	if step.Down {
		return " (the server is down)"
	}
	return ""
}

// wide is how long two values may be to stand on one line.
const wide = 100

// difference says how a setting changes.
func (p *printer) difference(c change.Change) terminal.Ready {
	from, to := values(c)
	switch {
	case c.Kind == change.Changed && from == "" && to == "":
		return " changes"
	case c.Kind == change.Changed && len(from)+len(to) > wide:
		return "\n      " + p.paint("- "+from, color.FgRed) + "\n      " + p.paint("+ "+to, color.FgGreen)
	case c.Kind == change.Changed:
		return terminal.Ready(": " + from + " -> " + to)
	case c.Kind == change.Reordered:
		return ": another order"
	case from+to == "":
		return terminal.Ready(" " + c.Kind)
	}
	return terminal.Ready(fmt.Sprintf(" %s: %s", c.Kind, from+to))
}

// printer keeps the first error, and colours by its own setting; the library's global one is left alone.
type printer struct {
	w       io.Writer
	color   bool
	columns int
	err     error
}

// line prints a line, on a narrow terminal several.
func (p *printer) line(format string, args ...any) {
	p.write(terminal.Wrap(terminal.Sprintf(format+"\n", args...), p.columns, terminal.Hang))
}

func (p *printer) write(text string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, text)
	}
}

// paint colours a text, as one line in which nothing hides.
func (p *printer) paint(text string, attributes ...color.Attribute) terminal.Ready {
	text = terminal.Line(text)
	if !p.color {
		return terminal.Ready(text)
	}
	c := color.New(attributes...)
	c.EnableColor()
	return terminal.Ready(c.Sprint(text))
}

// diffLine colours a line of a diff as git does.
func (p *printer) diffLine(line string) terminal.Ready {
	switch {
	case strings.HasPrefix(line, "--- "), strings.HasPrefix(line, "+++ "):
		return p.paint(line, color.Bold)
	case strings.HasPrefix(line, "@@"):
		return p.paint(line, color.FgCyan)
	case strings.HasPrefix(line, "-"):
		return p.paint(line, color.FgRed)
	case strings.HasPrefix(line, "+"):
		return p.paint(line, color.FgGreen)
	}
	return terminal.Ready(line)
}

func levelColor(s Stack) []color.Attribute {
	if s.State == Changed {
		return colorOf(change.Worst(s.Changes))
	}
	return []color.Attribute{color.FgYellow}
}

func colorOf(l format.Level) []color.Attribute {
	switch {
	case l >= format.Migration:
		return []color.Attribute{color.FgRed, color.Bold}
	case l >= format.Outage:
		return []color.Attribute{color.FgYellow}
	}
	return []color.Attribute{color.FgCyan}
}
