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
	w, heading := p.Writer, p.heading
	fmt.Fprintf(w, "%s\n", heading(fmt.Sprintf("%s:%d", r.File, r.Number)))
	if text := strings.TrimSpace(r.Line.Text); text != "" {
		fmt.Fprintf(w, "  %s\n", text)
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
		fmt.Fprintf(w, "\nschema/ is part of matrixgen%s\n", where)
	}
}

func (p printer) section(heading string) { fmt.Fprintf(p, "\n%s\n", p.heading(heading)) }

// notes says what the line is if it is no setting, and if the file on disk has something else on it.
func (p printer) notes() {
	if n := len(p.Line.Paths); n > 0 && len(p.Line.Paths[n-1]) > 0 {
		switch about := fieldName(p.Line.Paths[n-1]); p.Line.Role {
		case model.Comment:
			fmt.Fprintf(p, "  (a comment on %s)\n", about)
		case model.End:
			fmt.Fprintf(p, "  (the end of %s)\n", about)
		}
	}
	if strings.TrimSpace(p.Line.Text) == "" {
		fmt.Fprintf(p, "  (an empty line)\n")
	}
	switch {
	case p.Disk.State == "missing":
		fmt.Fprintf(p, "  (a build would write it: there is no such file yet)\n")
	case p.Disk.State == "differs" && p.Disk.Line > 0:
		fmt.Fprintf(p, "  (a build would write it: the file on disk has something else on the line, that of %s:%d)\n", p.File, p.Disk.Line)
	case p.Disk.State == "differs":
		fmt.Fprintf(p, "  (a build would write it: the file on disk has something else on the line; see matrixgen build --check)\n")
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
		fmt.Fprintf(p, "  %-*s  %s\n", width, row[0], row[1])
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
			fmt.Fprintln(p, line)
			line = "   "
		}
		line += " " + word
	}
	fmt.Fprintln(p, line)
}

func (p printer) change() {
	p.section("to change it")
	switch {
	case p.ofFiles():
		fmt.Fprintf(p, "  change what the files come from\n")
	case len(p.Change) == 0 && len(p.From) == 1 && p.From[0].State == Folder:
		fmt.Fprintf(p, "  rename the folder\n")
	case len(p.Change) == 0:
		fmt.Fprintf(p, "  nothing in a stack does: it is the same in all\n")
	}
	for _, c := range p.Change {
		switch {
		case c.Write == "":
			fmt.Fprintf(p, "  %s in %s\n", c.Path, place(c.Position, true))
		case c.Raw:
			fmt.Fprintf(p, "  %s in %s, as upstream names it\n", c.Write, p.Stack)
		default:
			fmt.Fprintf(p, "  %s in %s\n", c.Write, p.Stack)
		}
		if c.Want != "" && c.Want != "true or false" {
			fmt.Fprintf(p, "    %s\n", c.Want)
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
