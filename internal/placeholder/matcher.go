package placeholder

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
)

// matcher matches texts that hold one of several patterns. Nearly all texts hold none, so it looks for marks first: pieces of which every match
// has one, read off the patterns themselves.
type matcher struct {
	// marks are in lower case, by their first byte.
	marks map[byte][]string
	// always says that a pattern has no marks.
	always     bool
	expression func() *regexp.Regexp
}

// newMatcher returns a matcher of the patterns. The first that matches at a place is what is found.
func newMatcher(flags string, patterns []string) *matcher {
	m := &matcher{marks: map[byte][]string{}}
	for _, pattern := range patterns {
		marks := marksOf(flags + pattern)
		m.always = m.always || marks == nil
		for _, mark := range marks {
			if !slices.Contains(m.marks[mark[0]], mark) {
				m.marks[mark[0]] = append(m.marks[mark[0]], mark)
			}
		}
	}
	m.expression = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(flags + `(?:` + strings.Join(patterns, `|`) + `)`) })
	return m
}

// match reports whether a text holds one of the patterns.
func (m *matcher) match(text string) bool { return m.may(text) && m.expression().MatchString(text) }

// may reports whether a text has a mark of one of the patterns.
func (m *matcher) may(text string) bool {
	if m.always {
		return true
	}
	for i := range len(text) {
		c := text[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		for _, mark := range m.marks[c] {
			if end := i + len(mark); end <= len(text) && strings.EqualFold(text[i:end], mark) {
				return true
			}
		}
	}
	return false
}

// marksOf returns texts in lower case of which every match of a pattern has one, or nil if there are none.
func marksOf(pattern string) []string {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil
	}
	return required(parsed)
}

// required returns marks of an expression: of what follows one another those that are longest, of alternatives those of all.
func required(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{strings.ToLower(string(re.Rune))}
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return required(re.Sub[0])
		}
	case syntax.OpConcat:
		var best []string
		for _, sub := range re.Sub {
			if marks := required(sub); shortest(marks) > shortest(best) {
				best = marks
			}
		}
		return best
	case syntax.OpAlternate:
		var all []string
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

// shortest returns the length of the shortest of several texts, 0 for none.
func shortest(texts []string) int {
	least := 0
	for i, text := range texts {
		if i == 0 || len(text) < least {
			least = len(text)
		}
	}
	return least
}
