package provenance

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Answer says where a line of a generated file comes from.
type Answer struct {
	Line model.Line
	// From are the fields of the stack that what stands on the line follows from, Because those that it is there. Those that the operator wrote come
	// first, then defaults, then what he did not write.
	From, Because []*Field
	// Through are the lines of the schema that make the one out of the other, from the document to the stack.
	Through []*Step
	// Replaced is what would stand there if the operator had not replaced it; nil if he did not.
	Replaced *Replaced
	// Why are the reasons, the nearest first, and Links where upstream documents it.
	Why   []Reason
	Links []string
	// Change are the ways to change what stands there; none if nothing in the stack does.
	Change []Change
}

// Replaced is a value that an override replaces.
type Replaced struct {
	Value string
	From  []*Field
}

// Reason says why something is so, in the words of the schema or of the operator.
type Reason struct {
	// About is the section or the field that it speaks of; "" for the line itself.
	About, Text string
}

// Change is a field of the stack that decides what stands on a line.
type Change struct {
	*Field
	// Write is what to write into the stack, with an ellipsis for the value; "" if the field is there already.
	Write string
	// Raw says that it is a raw setting of upstream, by override.
	Raw bool
}

// Explain says where a line of a document comes from. A document that no row of the schema derives is the record of the last build.
func (t *Trace) Explain(document string, line model.Line) Answer {
	o := t.origin(document, line)
	o.because = slices.DeleteFunc(slices.Clone(o.because), decidesFiles)
	because := slices.DeleteFunc(slices.Clone(o.because), func(cause any) bool { return slices.Contains(o.from, cause) })
	a := Answer{Line: line, From: narrow(o.from.fields()), Because: narrow(causes(because).fields()), Through: through(o.from.and(o.because))}
	if o.instead != "" {
		a.Replaced = &Replaced{Value: o.instead, From: o.insteadFrom.fields()}
	}
	for _, field := range slices.Concat(a.From, a.Because) {
		t.t.describe(field)
	}
	if len(a.Line.Drawn) > 0 { // what can be seen on the line comes first
		slices.SortStableFunc(a.From, func(x, y *Field) int { return a.shows(y) - a.shows(x) })
	}
	a.Why = t.reasons(o, a, t.upstream(document, line))
	a.addLinks(o.heading)
	if a.ofFiles() {
		a.Through = nil // every line of the schema that the files come by
	} else {
		a.Change = t.changes(o)
	}
	return a
}

// decidesFiles reports whether a cause says which files there are. Who asks for a line of one knows that it is there.
func decidesFiles(cause any) bool {
	const field = "target"
	switch c := cause.(type) {
	case *Field:
		return c.Path == field
	case *Step:
		return c.Position.File == schemaFolder+"stack/stack.cue" && strings.HasPrefix(c.Source, field+":")
	}
	return false
}

// shows returns 1 if the value of the field stands on the line as it is, and 0 if not.
func (a Answer) shows(f *Field) int {
	if len(f.Value) > 2 && strings.Contains(a.Line.Text, f.Value) {
		return 1
	}
	return 0
}

// ofFiles reports whether the line follows from whole files.
func (a Answer) ofFiles() bool { return len(a.Line.Sum)+len(a.Line.Drawn) > 0 }

// narrow returns the fields without the lists of which others are items.
func narrow(fields []*Field) []*Field {
	return slices.DeleteFunc(fields, func(f *Field) bool {
		return slices.ContainsFunc(fields, func(other *Field) bool { return strings.HasPrefix(other.Path, f.Path+"[") })
	})
}

// through returns the lines that matter: not those that declare the fields of the stack, which are shown as such, and that a document is a row of
// the outputs says nothing, unless it is all there is.
func through(c causes) []*Step {
	fields := c.fields()
	steps := slices.DeleteFunc(c.steps(), func(s *Step) bool {
		return slices.ContainsFunc(fields, func(f *Field) bool { return f.Position.File == s.Position.File && f.Position.Line == s.Position.Line })
	})
	told := slices.DeleteFunc(slices.Clone(steps), func(s *Step) bool { return strings.HasPrefix(s.Position.File, schemaFolder+"outputs/") })
	if len(told) == 0 {
		return steps
	}
	return told
}

// enoughReasons is how many make what is said of a whole section superfluous.
const enoughReasons = 3

// reasons returns what the schema, upstream and the operator say, each once: of the line itself, of the lines of the schema, of the fields of the
// stack, and of the sections that those lines stand in.
func (t *Trace) reasons(o origin, a Answer, upstream string) []Reason {
	var reasons []Reason
	add := func(about, text string) {
		if text != "" && !slices.ContainsFunc(reasons, func(r Reason) bool { return r.Text == text }) {
			reasons = append(reasons, Reason{about, text})
		}
	}
	add(o.reasonOf, o.reason)
	add("upstream", upstream)
	if a.ofFiles() {
		return reasons // all that is in the files would follow
	}
	for _, step := range a.Through {
		add("", step.Comment)
	}
	fields := slices.Concat(o.from, o.because)
	if len(a.From) > 0 {
		fields = o.from
	}
	for _, cause := range fields {
		if field, ok := cause.(*Field); ok {
			add(field.Path, field.Own)
			add(field.Path, field.Comment)
		}
	}
	for _, step := range a.Through {
		if len(reasons) < enoughReasons {
			add("", step.Section)
		}
	}
	if len(reasons) == 0 {
		add("", o.heading)
	}
	return reasons
}

// upstream returns what upstream's format says of the key on the line.
func (t *Trace) upstream(document string, line model.Line) string {
	doc := t.stack.Document(document)
	if doc == nil || doc.Upstream == "" || line.Role != model.Content || len(line.Paths) == 0 {
		return ""
	}
	table, err := t.schema.format(doc.Upstream)
	if err != nil {
		return ""
	}
	types, text := []*format.Type{table}, ""
	for _, part := range line.Paths[len(line.Paths)-1] {
		var inner []*format.Type
		text = ""
		for _, of := range types {
			for _, arm := range of.Arms() {
				if key := arm.Key(part); key != nil {
					inner, text = append(inner, key.Type), key.About()
				} else if arm.Items != nil && isIndex(part) {
					inner = append(inner, arm.Items)
				}
			}
		}
		types = inner
	}
	return text
}

var link = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`https?://[^\s<>"]*[^\s<>".,;:)]`) })

// addLinks notes where upstream documents the document, unless a reason says so more closely.
func (a *Answer) addLinks(heading string) {
	for _, reason := range a.Why {
		a.Links = append(a.Links, link().FindAllString(reason.Text, -1)...)
	}
	for _, url := range link().FindAllString(heading, -1) {
		if !slices.ContainsFunc(a.Links, func(known string) bool { return strings.HasPrefix(known, url) }) {
			a.Links = append(a.Links, url)
		}
	}
}

// changes returns the ways to change what stands on a line: the nearest field of the stack, and an override.
func (t *Trace) changes(o origin) []Change {
	var changes []Change
	for _, from := range []causes{o.from, o.because} {
		i := slices.IndexFunc(from, func(cause any) bool { _, ok := cause.(*Field); return ok })
		if i < 0 {
			continue
		}
		change := Change{Field: from[i].(*Field)}
		if change.State == Folder {
			continue
		}
		if change.State != Set {
			change.Write = write(change.path, change.placeholder())
		}
		changes = append(changes, change)
		break
	}
	if o.override != nil && o.instead == "" {
		field := &Field{State: Unset, Path: fieldName(o.override)}
		changes = append(changes, Change{Field: field, Write: write(o.override, "…"), Raw: true})
	}
	return changes
}

// placeholder stands for a value that the operator chooses: of two, it is the other one.
func (f *Field) placeholder() string {
	switch f.Value {
	case "true":
		return "false"
	case "false":
		return "true"
	}
	if _, err := strconv.Atoi(f.Value); err == nil || f.State == Unset {
		return "…"
	}
	return `"…"`
}

var plainKey = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_]*$`) })

// write returns a field as it is written in a stack.
func write(path []string, value string) string {
	var b strings.Builder
	for _, part := range path {
		if isIndex(part) {
			break // of a list, the whole is written
		}
		if !plainKey().MatchString(part) {
			part = strconv.Quote(part)
		}
		b.WriteString(part + ": ")
	}
	return b.String() + value
}
