package docs

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/language"
)

const header = `# The language of stacks

Rendered from the comments in [schema/stack/stack.cue](../schema/stack/stack.cue) by ` + "`make update`" + `; ` + "`matrixgen explain FIELD`" + ` prints a part of it.

A stack is %s

## Contents

`

// Language returns the reference of the language: docs/language.md.
func Language(r *language.Reference) string {
	var b strings.Builder
	fmt.Fprintf(&b, header, r.Intro)
	for _, f := range r.Fields {
		fmt.Fprintf(&b, "- %s\n", contents(f))
	}
	for _, f := range r.Fields {
		b.WriteString("\n" + f.Page(2))
	}
	return b.String()
}

// contents returns the entry of a field and those below it, as links.
func contents(f *language.Field) string {
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

func link(f *language.Field) string {
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
