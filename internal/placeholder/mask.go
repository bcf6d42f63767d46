package placeholder

import (
	"regexp"
	"strings"
	"sync"
)

// maskBase is where the letters of a placeholder are moved to while the text around it is parsed: a private area of Unicode, in which no
// letter means anything to YAML. One letter stays one letter, so columns keep.
const maskBase = 0xE000

// Mask returns a text in which lines that hold only placeholders or control tags are blank, and the placeholders in other lines are masked. It is
// the text itself if there are none.
func Mask(text string) string {
	text = ReplaceLines(blankComments(text), func(string) string { return "" })
	text = escaped().ReplaceAllStringFunc(text, mask)
	return asked().masked.expression().ReplaceAllStringFunc(text, mask)
}

// ReplaceLines replaces the lines that hold only placeholders.
func ReplaceLines(text string, line func(string) string) string {
	if m := asked().lines; m.may(text) {
		return m.expression().ReplaceAllStringFunc(text, line)
	}
	return text
}

// ReplaceExpressions replaces what a template engine puts a value in for.
func ReplaceExpressions(text string, expression func(string) string) string {
	if m := asked().expressions; m.may(text) {
		return m.expression().ReplaceAllStringFunc(text, expression)
	}
	return text
}

// blankComments returns a text without the comments of Jinja. Its lines stay.
func blankComments(text string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{#")
		comment, after, closed := strings.Cut(rest, "#}")
		if !found || !closed {
			return b.String() + text
		}
		b.WriteString(before + strings.Repeat("\n", strings.Count(comment, "\n")))
		text = after
	}
}

// Blanked reports whether a line that has content in a text has none when it is masked.
func Blanked(text, masked string) bool {
	a, b := strings.Split(text, "\n"), strings.Split(masked, "\n")
	for i := range min(len(a), len(b)) {
		if strings.TrimSpace(a[i]) != "" && strings.TrimSpace(b[i]) == "" {
			return true
		}
	}
	return false
}

// BlanksTagsAlone reports whether the lines that are blank when a text is masked hold control tags or comments alone, so that no others are put in.
func BlanksTagsAlone(text, masked string) bool {
	a, b := strings.Split(blankComments(text), "\n"), strings.Split(masked, "\n")
	for i := range min(len(a), len(b)) {
		if strings.TrimSpace(b[i]) == "" && strings.Trim(controlTags().ReplaceAllString(otherTags().ReplaceAllString(a[i], ""), ""), " \t\r") != "" {
			return false
		}
	}
	return true
}

// otherTags matches the tags between branches, and those that print nothing.
var otherTags = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\{%[-+]?\s*(?:else|elif|elseif|set|import|from|include|do)\b[^%]*%\}|\{\{-?\s*(?:else\b.*?|\$\w+\s*:?=.*?|/\*.*?\*/)\s*-?\}\}`)
})

// HasTags reports whether a text has lines that a template engine decides on or fills in: control tags, comments of Jinja, names in braces where a line
// begins.
func HasTags(text string) bool {
	return (strings.Contains(text, "{") || strings.Contains(text, "<%")) && tagLines().MatchString(text)
}

// BlankTags returns a text without the lines that a template engine decides on or fills in. Those between them stay.
func BlankTags(text string) string {
	return tagLines().ReplaceAllStringFunc(blankComments(text), func(line string) string { return strings.Repeat("\n", strings.Count(line, "\n")) })
}

// tagLines matches lines that begin with a tag. No variable has such a name.
var tagLines = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^[ \t]*(?:export[ \t]+)?\w*(?:\{\{|\{%|\{#|<%).*$`)
})

func mask(text string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 {
			return r + maskBase
		}
		return r
	}, text)
}

// Unmask undoes Mask, blank lines apart.
func Unmask(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= maskBase && r < maskBase+0x80 {
			return r - maskBase
		}
		return r
	}, text)
}

// UpsetsParser reports whether a text holds what a parser may stumble over before a template engine has replaced it.
func UpsetsParser(text string) bool { return asked().upsets.match(text) || HoldsLines(text) }

// HoldsLines reports whether a text holds what can stand for whole lines.
func HoldsLines(text string) bool {
	return strings.Contains(text, "{{") || strings.Contains(text, "{%") || strings.Contains(text, "{#") || asked().lines.match(text)
}

// IsBare reports whether a mark of a template engine stands outside quotes. Inside, it may be for the program that reads the file: MAS and
// Docker have templates in their settings.
func IsBare(text string) bool {
	for line := range strings.SplitSeq(text, "\n") {
		i := strings.Index(line, "{{")
		if j := strings.Index(line, "{%"); i < 0 || j >= 0 && j < i {
			i = j
		}
		if i >= 0 && !strings.ContainsAny(line[:i], "\"'#") {
			return true
		}
	}
	return asked().lines.match(text)
}
