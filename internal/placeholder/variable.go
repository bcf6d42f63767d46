package placeholder

import (
	"regexp"
	"strings"
	"sync"
)

// VariableOf returns the name of the variable that a text begins with, or "". What stands behind the name, such as a default, is left out.
func VariableOf(text string) string {
	m := asked().variable
	if !m.may(text) {
		return ""
	}
	if match := m.expression().FindStringSubmatch(text); match != nil {
		return strings.Join(match[1:], "")
	}
	return ""
}

// OnlyVariableOf returns the name of the one variable that a text is, or "": SECRET for ${SECRET}, {{ SECRET }} or __SECRET__, and nothing for
// ${SECRET:-default} and ${A}${B}.
func OnlyVariableOf(text string) string {
	text = strings.TrimSpace(text)
	name := VariableOf(text)
	before, after, found := strings.Cut(text, name)
	if name == "" || !found || closing(before) != strings.TrimSpace(after) {
		return ""
	}
	return name
}

// closing returns what closes what a reference begins with: }} for {{, ) for $(, nothing for $.
func closing(opening string) string {
	var b strings.Builder
	opening = strings.TrimPrefix(strings.TrimSpace(opening), "$")
	for i := len(opening) - 1; i >= 0; i-- {
		c := opening[i]
		if j := strings.IndexByte("([{<", c); j >= 0 {
			c = ")]}>"[j]
		}
		b.WriteByte(c)
	}
	return b.String()
}

// reference is what envsubst and Compose replace. A file of nginx has variables of its own, without braces.
var reference = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\$\{(\w+)\}`) })

// Replace puts values in the place of references in braces, as envsubst does. Those of which value says that it is not known stay.
func Replace(text string, value func(name string) (string, bool)) string {
	if !strings.Contains(text, "${") {
		return text
	}
	return reference().ReplaceAllStringFunc(text, func(match string) string {
		if known, ok := value(match[2 : len(match)-1]); ok {
			return known
		}
		return match
	})
}

// braces matches a reference in braces with all that stands in it.
var braces = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\$\{[^}]*\}`) })

// References returns the references in braces of a text, in order, and the text without them.
func References(text string) (references []string, rest string) {
	return braces().FindAllString(text, -1), braces().ReplaceAllString(text, "")
}
