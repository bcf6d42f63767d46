// Package language is the reference of the stack language: the fields that a stack may have, read from the syntax of schema/stack with the
// comments that stand there, and rendered as Markdown. It evaluates no CUE, and knows nothing of any stack.
package language

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/schema"
)

// Reference is what the schema says about every field of a stack.
type Reference struct {
	// Intro is the comment on the whole, in Markdown.
	Intro  string
	Fields []*Field
}

// Field is a field of a stack.
type Field struct {
	// Path is how an operator names the field: federation.allow. A [] stands for each item of a list, and NAME for a name that he chooses:
	// identityProviders.NAME.claims.
	Path string
	// Meanings are what the field is, one for each condition that gives it another; nearly always one.
	Meanings []Meaning
	// Fields are those below.
	Fields []*Field
}

// Meaning is what a field is under a condition.
type Meaning struct {
	// When says under which condition the field may be written: "when `kind` is `"generic"`"; "" if always.
	When string
	// Doc is the comment above the field, in Markdown, with examples as fenced blocks.
	Doc string
	// Want finishes the sentence "the field is …, want …"; "" for a field that only holds others.
	Want string
	// Default is the value, or the words for it, of a field that is not written; "" if it is then absent.
	Default string
	// Required says that the field has to be written, Optional that nothing stands for it if it is not.
	Required, Optional bool
}

// Load returns the reference of the embedded schema. It fails, with a position, on a default or a condition that it has no words for.
func Load() (*Reference, error) {
	names, err := fs.Glob(schema.Files, "stack/*.cue")
	if err != nil {
		return nil, fmt.Errorf("read the language: %w", err)
	}
	r := newReader()
	for _, name := range names {
		text, err := schema.Files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the language: %w", err)
		}
		if err := r.define("schema/"+name, withoutWiring(text)); err != nil {
			return nil, fmt.Errorf("read the language: %w", err)
		}
	}
	reference, err := r.stack()
	if err != nil {
		return nil, fmt.Errorf("read the language: %w", err)
	}
	return reference, nil
}

// withoutWiring returns the text of a file with blank lines in place of what is derived from a stack: half of the schema, and nothing that an operator may
// write. Every verb that asks for a field would parse it.
func withoutWiring(text []byte) []byte {
	const begins, ends = "\n#Wiring: {\n", "\n}\n"
	before, rest, found := bytes.Cut(text, []byte(begins))
	body, after, closed := bytes.Cut(rest, []byte(ends))
	if !found || !closed {
		return text
	}
	blank := bytes.Repeat([]byte{'\n'}, bytes.Count(body, []byte("\n"))+strings.Count(begins+ends, "\n"))
	return slices.Concat(before, blank, after)
}

// Field returns the field of that path, or nil. Indexes of lists may be written as numbers, or left out; for NAME any name will do.
func (r *Reference) Field(path string) *Field {
	wanted := strings.Split(plainPath(path), ".")
	same := func(has, wants string) bool { return has == wants || has == anyName }
	var found *Field
	r.walk(func(f *Field) {
		if slices.EqualFunc(strings.Split(plainPath(f.Path), "."), wanted, same) {
			found = f
		}
	})
	return found
}

// plainPath returns the path without indexes and quotes.
func plainPath(path string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(path, "[") {
		if _, after, index := strings.Cut(part, "]"); index {
			part = after
		}
		b.WriteString(part)
	}
	return strings.ReplaceAll(b.String(), `"`, "")
}

// Paths returns the paths of all fields, in the order of the language.
func (r *Reference) Paths() []string {
	var paths []string
	r.walk(func(f *Field) { paths = append(paths, f.Path) })
	return paths
}

// walk calls visit for every field, each before those below it.
func (r *Reference) walk(visit func(*Field)) {
	for _, f := range r.Fields {
		f.walk(visit)
	}
}

func (f *Field) walk(visit func(*Field)) {
	visit(f)
	for _, below := range f.Fields {
		below.walk(visit)
	}
}
