package read

import (
	"regexp"
	"strings"
)

// maskBase is where the letters of a placeholder are moved to while the text around it is parsed: a private area of Unicode, in which no
// letter means anything to YAML. One letter stays one letter, so columns keep.
const maskBase = 0xE000

// maskTemplate returns a text in which lines that hold only a placeholder or a control tag are blank, and the placeholders in other lines are
// masked. It is the text itself if there are none.
func maskTemplate(text string) string {
	comments := regexp.MustCompile(`(?s)\{#.*?#\}`)
	text = comments.ReplaceAllStringFunc(text, blank)
	alone := regexp.MustCompile(`(?m)^[ \t]*(?:-[ \t]+)?(?:\$\{[^}\n]*\}|\$[A-Z_][A-Z0-9_]*|(?:\{%.*?%\}|\{\{.*?\}\})(?:[ \t]*(?:\{%.*?%\}|\{\{.*?\}\}))*|__[A-Z][A-Z0-9_]*__|@[A-Z][A-Z0-9_]*@)[ \t\r]*$`)
	text = alone.ReplaceAllStringFunc(text, func(line string) string {
		if strings.HasPrefix(strings.TrimSpace(line), "- ") {
			return line // an item of a list
		}
		return blank(line)
	})
	inside := regexp.MustCompile(`\{\{.*?\}\}|\{%.*?%\}|\$\{[^}\n]*\}|@[A-Z][A-Z0-9_]*@|%%[A-Z][A-Z0-9_]*%%`)
	return inside.ReplaceAllStringFunc(text, mask)
}

// blanked reports whether a line that has content in a text has none when it is masked.
func blanked(text, masked string) bool {
	a, b := strings.Split(text, "\n"), strings.Split(masked, "\n")
	for i := range min(len(a), len(b)) {
		if strings.TrimSpace(a[i]) != "" && strings.TrimSpace(b[i]) == "" {
			return true
		}
	}
	return false
}

// blank returns a text of the same lines without content.
func blank(text string) string { return strings.Repeat("\n", strings.Count(text, "\n")) }

func mask(text string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 {
			return r + maskBase
		}
		return r
	}, text)
}

// unmask undoes mask.
func unmask(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= maskBase && r < maskBase+0x80 {
			return r - maskBase
		}
		return r
	}, text)
}

// hasTemplateMarks reports whether a text holds what a template engine replaces.
func hasTemplateMarks(text string) bool {
	return strings.Contains(text, "${") || strings.Contains(text, "%%") || hasBlockMarks(text)
}

// hasBlockMarks reports whether a text holds what can stand for whole lines.
func hasBlockMarks(text string) bool {
	for _, mark := range []string{"{{", "{%", "{#"} {
		if strings.Contains(text, mark) {
			return true
		}
	}
	return alone().MatchString(text)
}

// hasBareMarks reports whether a mark of a template engine stands outside quotes. Inside, it may be for the program that reads the file: MAS
// and Docker have templates in their settings.
func hasBareMarks(text string) bool {
	for line := range strings.SplitSeq(text, "\n") {
		i := strings.Index(line, "{{")
		if j := strings.Index(line, "{%"); i < 0 || j >= 0 && j < i {
			i = j
		}
		if i >= 0 && !strings.ContainsAny(line[:i], "\"'#") {
			return true
		}
	}
	return alone().MatchString(text)
}

// alone matches lines that hold nothing but one placeholder of a kind without tags.
func alone() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^[ \t]*(?:__[A-Z][A-Z0-9_]*__|@[A-Z][A-Z0-9_]*@|\$[A-Z_][A-Z0-9_]*|\$\{[^}\n]*\})[ \t\r]*$`)
}
