package language

import (
	"fmt"
	"strings"
)

// Page returns what there is to say about the field and those below it, in Markdown, under a heading of that level.
func (f *Field) Page(level int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", strings.Repeat("#", min(level, 6)), f.Path)
	for _, m := range f.Meanings {
		b.WriteString(m.text())
	}
	for _, below := range f.Fields {
		b.WriteString("\n" + below.Page(level+1))
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
