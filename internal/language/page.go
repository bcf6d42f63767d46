package language

import (
	"fmt"
	"strings"
)

const header = `# The language of stacks

Rendered from the comments in [schema/stack/stack.cue](../schema/stack/stack.cue) by ` + "`make update`" + `; ` + "`matrixgen explain FIELD`" + ` prints a part of it.

A stack is %s

## Contents

`

// Page returns the reference in Markdown: docs/language.md.
func (r *Reference) Page() string {
	var b strings.Builder
	fmt.Fprintf(&b, header, r.Intro)
	for _, f := range r.Fields {
		fmt.Fprintf(&b, "- %s\n", contents(f))
	}
	for _, f := range r.Fields {
		b.WriteString("\n" + f.page(2))
	}
	return b.String()
}

// contents returns the entry of a field and those below it, as links.
func contents(f *Field) string {
	entry := link(f)
	if len(f.Fields) == 0 {
		return entry
	}
	var below []string
	for _, f := range f.Fields {
		below = append(below, link(f))
	}
	return entry + ": " + strings.Join(below, ", ")
}

func link(f *Field) string {
	name := f.Path[strings.LastIndex(f.Path, ".")+1:]
	return fmt.Sprintf("[`%s`](#%s)", name, anchor(f.Path))
}

// anchor returns the fragment that forges give to a heading: in lower case, without punctuation.
func anchor(heading string) string {
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune(`."[]`, c) {
			return -1
		}
		return c
	}, strings.ToLower(heading))
}

// Page returns what there is to say about the field and those below it, in Markdown.
func (f *Field) Page() string { return f.page(1) }

// page returns the part of the page under a heading of that level.
func (f *Field) page(level int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", strings.Repeat("#", min(level, 6)), f.Path)
	for _, m := range f.Meanings {
		b.WriteString(m.text())
	}
	for _, below := range f.Fields {
		b.WriteString("\n" + below.page(level+1))
	}
	return b.String()
}

// text returns the comment, and below it the facts as a list.
func (m Meaning) text() string {
	var b strings.Builder
	if m.Doc != "" {
		fmt.Fprintf(&b, "\n%s\n", m.Doc)
	}
	var facts []string
	if m.When != "" {
		facts = append(facts, "only "+m.When)
	}
	if m.Want != "" {
		facts = append(facts, "value: "+m.Want)
	}
	switch {
	case m.Required:
		facts = append(facts, "required")
	case m.Default != "":
		facts = append(facts, "default: "+m.Default)
	case m.Optional:
		facts = append(facts, "optional")
	}
	for i, fact := range facts {
		if i == 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "- %s\n", fact)
	}
	return b.String()
}
