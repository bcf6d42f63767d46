package provenance

import (
	"fmt"
	"io"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/terminal"
)

// What is shown of much: a hash of whole files follows from fifty fields.
const (
	maxFields  = 8
	maxNames   = 24
	maxReasons = 5
	wrapAt     = 110
)

// printer prints a report for people.
type printer struct {
	io.Writer
	Report
	columns int
	heading func(string) string
}

// WriteText prints the answer for people, on a terminal of so many columns, or 0. heading returns a heading as the terminal shows it.
func (r Report) WriteText(w io.Writer, columns int, heading func(string) string) {
	var text strings.Builder
	r.write(printer{&text, r, columns, heading})
	io.WriteString(w, terminal.Wrap(text.String(), columns, terminal.Hang))
}

func (r Report) write(p printer) {
	p.print("%s\n", p.title(terminal.Sprintf("%s:%d", r.File, r.Number)))
	if text := strings.TrimSpace(r.Line.Text); text != "" {
		p.print("  %s\n", text)
	}
	p.notes()
	p.fields(p.from(), r.From)
	if r.Replaced != nil {
		p.section("instead of " + r.Replaced.Value)
		p.rows(rows(r.Replaced.From))
	}
	p.fields("it is there because of", r.Because)
	p.through()
	p.why()
	p.change()
	if p.shown(schemaFolder) {
		where := ""
		if r.Source != "" {
			where = ": " + strings.Replace(r.Source, "/blob/", "/tree/", 1) + "schema/"
		}
		p.print("\nschema/ is part of matrixgen%s\n", where)
	}
}

func (p printer) section(heading string) { p.print("\n%s\n", p.title(terminal.Line(heading))) }

// print prints what it is given as lines of its own alone.
func (p printer) print(format string, args ...any) {
	io.WriteString(p, terminal.Sprintf(format, args...))
}

// title returns a heading in which nothing hides as the terminal shows it.
func (p printer) title(text string) terminal.Ready { return terminal.Ready(p.heading(text)) }

// notes says what the line is if it is no setting, and if the file on disk has something else on it.
func (p printer) notes() {
	if n := len(p.Line.Paths); n > 0 && len(p.Line.Paths[n-1]) > 0 {
		switch about := fieldName(p.Line.Paths[n-1]); p.Line.Role {
		case model.Comment:
			p.print("  (a comment on %s)\n", about)
		case model.End:
			p.print("  (the end of %s)\n", about)
		}
	}
	if strings.TrimSpace(p.Line.Text) == "" {
		p.print("  (an empty line)\n")
	}
	switch {
	case p.Disk.State == "missing":
		p.print("  (a build would write it: there is no such file yet)\n")
	case p.Disk.State == "differs" && p.Disk.Line > 0:
		p.print("  (a build would write it: the file on disk has something else on the line, that of %s:%d)\n", p.File, p.Disk.Line)
	case p.Disk.State == "differs":
		p.print("  (a build would write it: the file on disk has something else on the line; see matrixgen build --check)\n")
	}
}

func (p printer) from() string {
	switch {
	case len(p.Line.Sum) > 0:
		return fmt.Sprintf("a hash of %s, from", strings.Join(p.Line.Sum, ", "))
	case len(p.Line.Drawn) > 0:
		return fmt.Sprintf("drawn of %s, from", strings.Join(p.Line.Drawn, ", "))
	}
	return "comes from"
}

// fields prints fields of the stack; beyond the first ones their names alone.
func (p printer) fields(heading string, fields []*Field) {
	if len(fields) == 0 {
		return
	}
	p.section(heading)
	p.rows(rows(fields[:min(len(fields), maxFields)]))
	if len(fields) > maxFields {
		var names []string
		rest := fields[maxFields:]
		for _, field := range rest[:min(len(rest), maxNames)] {
			names = append(names, field.name())
		}
		text := "and " + strings.Join(names, ", ")
		if len(rest) > maxNames {
			text += fmt.Sprintf("; and %d more, which --format json lists", len(rest)-maxNames)
		}
		p.wrap(text)
	}
}

func rows(fields []*Field) [][2]string {
	var rows [][2]string
	for _, f := range fields {
		rows = append(rows, [2]string{place(f.Position, f.State == Set), f.line()})
	}
	return rows
}

// line says what the field is.
func (f *Field) line() string {
	switch {
	case f.State == Folder:
		return "the name of the folder"
	case f.State == Unset:
		return f.Path + " is not set"
	case f.State == Default && f.Source == "":
		return f.Path + ", by default"
	case f.State == Default:
		return fmt.Sprintf("%s: %s, by default", f.Path, f.Source)
	case f.Source == "" || f.Value == hidden:
		return strings.TrimSpace(f.Path + " " + f.Value)
	}
	return f.Path + ": " + f.Source
}

func (f *Field) name() string {
	if f.State == Folder {
		return "the name of the folder"
	}
	return f.Path
}

// rows prints two columns.
func (p printer) rows(rows [][2]string) {
	width := 0
	for _, row := range rows {
		width = max(width, len(row[0]))
	}
	for _, row := range rows {
		p.print("  %-*s  %s\n", width, row[0], row[1])
	}
}

func place(at diag.Position, column bool) string {
	switch {
	case at.File == "":
		return "-"
	case at.Line == 0:
		return at.File
	case column:
		return fmt.Sprintf("%s:%d:%d", at.File, at.Line, at.Column)
	}
	return fmt.Sprintf("%s:%d", at.File, at.Line)
}

func (p printer) through() {
	if len(p.Through) == 0 {
		return
	}
	p.section("by way of")
	var rows [][2]string
	for _, step := range p.Through {
		rows = append(rows, [2]string{place(step.Position, false), step.Source})
	}
	p.rows(rows)
}

func (p printer) why() {
	if len(p.Why)+len(p.Links) == 0 {
		return
	}
	said := ""
	paragraph := func(text string) {
		if said == "" {
			p.section("why")
		}
		said += text
		p.wrap(text)
	}
	for _, reason := range p.Why[:min(len(p.Why), maxReasons)] {
		text := strings.ReplaceAll(reason.Text, "\n", " ")
		if reason.About != "" {
			text = reason.About + ": " + text
		}
		if !strings.HasSuffix(p.Line.Text, " "+text) { // it stands there already
			paragraph(text)
		}
	}
	for _, url := range p.Links {
		if !strings.Contains(said, url) {
			paragraph(url)
		}
	}
}

// wrap prints a paragraph.
func (p printer) wrap(text string) {
	width := wrapAt
	if p.columns > 0 {
		width = min(width, p.columns)
	}
	line := " "
	for _, word := range strings.Fields(text) {
		if len(line)+1+len(word) > width && line != " " && line != "   " {
			p.print("%s\n", line)
			line = "   "
		}
		line += " " + word
	}
	p.print("%s\n", line)
}

func (p printer) change() {
	p.section("to change it")
	switch {
	case p.ofFiles():
		p.print("  change what the files come from\n")
	case len(p.Change) == 0 && len(p.From) == 1 && p.From[0].State == Folder:
		p.print("  rename the folder\n")
	case len(p.Change) == 0:
		p.print("  nothing in a stack does: it is the same in all\n")
	}
	for _, c := range p.Change {
		switch {
		case c.Write == "":
			p.print("  %s in %s\n", c.Path, place(c.Position, true))
		case c.Raw:
			p.print("  %s in %s, as upstream names it\n", c.Write, p.Stack)
		default:
			p.print("  %s in %s\n", c.Write, p.Stack)
		}
		if c.Want != "" && c.Want != "true or false" {
			p.print("    %s\n", c.Want)
		}
	}
}

// shown reports whether a position of a folder was printed.
func (p printer) shown(folder string) bool {
	for _, step := range p.Through {
		if strings.HasPrefix(step.Position.File, folder) {
			return true
		}
	}
	for _, field := range append(p.From, p.Because...) {
		if strings.HasPrefix(field.Position.File, folder) {
			return true
		}
	}
	return false
}

// url returns the address of a line of the schema.
func (r Report) url(at diag.Position) string {
	return fmt.Sprintf("%s%s#L%d", r.Source, at.File, at.Line)
}
