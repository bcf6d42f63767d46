package placeholder

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// matcher matches texts that hold one of several patterns. Nearly all texts hold none, so it looks for marks first: pieces of which every match
// has one, read off the patterns themselves.
type matcher struct {
	// marks are those that begin with a byte.
	marks [256][]mark
	// unmarked are the numbers of the patterns without marks.
	unmarked []int
	// patterns are the expressions of each, and expression is that of all: what it finds is the first that matches at a place.
	patterns   []func() *regexp.Regexp
	expression func() *regexp.Regexp
}

// mark is a piece of a text, in lower case if it is one in any case, and the number of its pattern.
type mark struct {
	text    string
	anyCase bool
	isASCII bool // all of its text
	pattern int
}

// Matching returns what reports whether a text holds one of the patterns. It looks for their letters before it asks an expression, which takes many
// times as long.
func Matching(flags string, patterns ...string) func(text string) bool {
	return newMatcher(flags, patterns).match
}

// newMatcher returns a matcher of the patterns.
func newMatcher(flags string, patterns []string) *matcher {
	m := &matcher{}
	compiled := func(pattern string) func() *regexp.Regexp {
		return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(flags + `(?:` + pattern + `)`) })
	}
	for i, pattern := range patterns {
		m.patterns = append(m.patterns, compiled(pattern))
		marks := marksOf(flags + pattern)
		if marks == nil {
			m.unmarked = append(m.unmarked, i)
		}
		for _, k := range marks {
			k.pattern, k.isASCII = i, !strings.ContainsFunc(k.text, func(r rune) bool { return r >= utf8.RuneSelf })
			m.add(k.text[0], k)
			if upper := strings.ToUpper(k.text)[0]; k.anyCase && upper != k.text[0] {
				m.add(upper, k)
			}
		}
	}
	m.expression = compiled(strings.Join(patterns, `|`))
	return m
}

func (m *matcher) add(first byte, k mark) {
	if !slices.Contains(m.marks[first], k) {
		m.marks[first] = append(m.marks[first], k)
	}
}

// match reports whether a text holds one of the patterns. It asks the expressions of those alone that have a mark in the text: that of all is so long
// that it takes ten times as long.
func (m *matcher) match(text string) bool {
	holds := func(pattern int) bool { return m.patterns[pattern]().MatchString(text) }
	if slices.ContainsFunc(m.unmarked, holds) {
		return true
	}
	var asked []int
	for i := range len(text) {
		marks := m.marks[text[i]]
		for j := range marks {
			k := &marks[j]
			if !k.standsAt(text, i) || slices.Contains(asked, k.pattern) {
				continue
			}
			if holds(k.pattern) {
				return true
			}
			asked = append(asked, k.pattern)
		}
	}
	return false
}

// may reports whether a text has a mark of one of the patterns.
func (m *matcher) may(text string) bool {
	if len(m.unmarked) > 0 {
		return true
	}
	for i := range len(text) {
		marks := m.marks[text[i]]
		for j := range marks {
			if marks[j].standsAt(text, i) {
				return true
			}
		}
	}
	return false
}

// standsAt reports whether the mark stands at a place in a text.
func (k *mark) standsAt(text string, i int) bool {
	end := i + len(k.text)
	if end > len(text) || k.isASCII && text[end-1]|0x20 != k.text[len(k.text)-1]|0x20 { // most fail here
		return false
	}
	return text[i:end] == k.text || k.anyCase && strings.EqualFold(text[i:end], k.text)
}

// marksOf returns marks of which every match of a pattern has one, or nil if there are none.
func marksOf(pattern string) []mark {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil
	}
	return required(parsed)
}

// required returns marks of an expression: of what follows one another those that are longest, of alternatives those of all.
func required(re *syntax.Regexp) []mark {
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase != 0 {
			return []mark{{text: strings.ToLower(string(re.Rune)), anyCase: true}}
		}
		return []mark{{text: string(re.Rune)}}
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return required(re.Sub[0])
		}
	case syntax.OpConcat:
		var best []mark
		for _, sub := range re.Sub {
			if marks := required(sub); shortest(marks) > shortest(best) {
				best = marks
			}
		}
		return best
	case syntax.OpAlternate:
		var all []mark
		for _, sub := range re.Sub {
			marks := required(sub)
			if marks == nil {
				return nil
			}
			all = append(all, marks...)
		}
		return all
	}
	return nil
}

// shortest returns the length of the shortest of several marks, 0 for none.
func shortest(marks []mark) int {
	least := 0
	for i, k := range marks {
		if i == 0 || len(k.text) < least {
			least = len(k.text)
		}
	}
	return least
}
