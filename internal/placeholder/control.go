package placeholder

import (
	"regexp"
	"strings"
	"sync"
)

// Control is what the control tags of a template decide, line by line: those of Jinja, of Go, of Mustache.
type Control struct {
	perhaps, raw []bool
	// Nested says that every tag that opens something is closed, in order. If not, nothing is known of any line.
	Nested bool
}

// Perhaps reports whether a condition or a loop decides if what stands in a line is there. Lines count from 1.
func (c Control) Perhaps(line int) bool {
	return line > 0 && line <= len(c.perhaps) && c.perhaps[line-1]
}

// Raw reports whether the engine copies a line as it stands.
func (c Control) Raw(line int) bool { return line > 0 && line <= len(c.raw) && c.raw[line-1] }

// Any reports whether the text has lines that a tag decides on.
func (c Control) Any() bool {
	for i := range c.perhaps {
		if c.perhaps[i] || c.raw[i] {
			return true
		}
	}
	return false
}

// controlTags matches a tag with its first word: of Jinja, of Go, of Mustache.
var controlTags = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\{%[-+]?\s*(\w+)([^%]*)%\}|\{\{-?\s*(if|range|with|block|define|end)\b.*?\}\}|\{\{([#^/])\s*[\w. ]+\}\}`)
})

// ReadControl reads the control tags of a text.
func ReadControl(text string) Control {
	if !strings.Contains(text, "{%") && !strings.Contains(text, "{{") {
		return Control{Nested: true}
	}
	c := Control{Nested: true}
	var open []string // what ends each
	for line := range strings.Lines(text) {
		isRaw := len(open) > 0 && open[len(open)-1] == "endraw"
		depth, rest := len(open), line
		for rest != "" {
			at := controlTags().FindStringSubmatchIndex(rest)
			before := rest
			if at != nil {
				before = rest[:at[0]]
			}
			if strings.Trim(before, " \t\r\n#/") != "" { // what stands in the line begins here
				depth = max(len(open), 0)
				isRaw = depth > 0 && open[depth-1] == "endraw"
				break
			}
			if at == nil {
				break
			}
			open = c.tag(open, rest, at)
			rest = rest[at[1]:]
		}
		c.perhaps, c.raw = append(c.perhaps, decided(open[:min(depth, len(open))])), append(c.raw, isRaw)
		for rest != "" { // the tags behind what stands there
			at := controlTags().FindStringSubmatchIndex(rest)
			if at == nil {
				break
			}
			open = c.tag(open, rest, at)
			rest = rest[at[1]:]
		}
	}
	c.Nested = c.Nested && len(open) == 0
	return c
}

// decided reports whether one of the open tags decides if what is inside is there; a raw one does not.
func decided(open []string) bool {
	for _, end := range open {
		if end != "endraw" {
			return true
		}
	}
	return false
}

// tag returns the tags that are open behind one more.
func (c *Control) tag(open []string, text string, at []int) []string {
	group := func(i int) string {
		if at[2*i] < 0 {
			return ""
		}
		return strings.ToLower(text[at[2*i]:at[2*i+1]])
	}
	inRaw := len(open) > 0 && open[len(open)-1] == "endraw"
	begin, end := "", ""
	switch jinja, golang, mustache := group(1), group(3), group(4); {
	case inRaw && jinja != "endraw":
		return open
	case strings.HasPrefix(jinja, "end"):
		end = jinja
	case jinja == "set" && strings.Contains(group(2), "="):
	case jinja == "if", jinja == "for", jinja == "macro", jinja == "block", jinja == "call", jinja == "filter", jinja == "with", jinja == "raw",
		jinja == "set", jinja == "autoescape", jinja == "verbatim":
		begin = "end" + jinja
	case golang == "end":
		end = "}}end"
	case golang != "":
		begin = "}}end"
	case mustache == "/":
		end = "}}/"
	case mustache != "":
		begin = "}}/"
	}
	switch {
	case begin != "":
		return append(open, begin)
	case end == "":
	case len(open) == 0 || open[len(open)-1] != end:
		c.Nested = false
	default:
		return open[:len(open)-1]
	}
	return open
}

// escaped matches what stands for braces as they are: {{"{{"}} of Go, {{ '{{' }} of Jinja, and {% raw %} within a line.
var escaped = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile("\\{\\{-?[ \t]*(?:\"(\\{\\{|\\}\\})\"|'(\\{\\{|\\}\\})'|`(\\{\\{|\\}\\})`)[ \t]*-?\\}\\}|\\{\\{-?[ \t]*`([^`\n]*)`[ \t]*-?\\}\\}|" +
		`\{%-?[ \t]*raw[ \t]*-?%\}(.*?)\{%-?[ \t]*endraw[ \t]*-?%\}`)
})

// Unescape returns a text with what a template engine copies as it is, and whether there is anything of that. known is false if the engine puts in
// something else, too.
func Unescape(text string) (plain string, found, known bool) {
	if !strings.Contains(text, "{{") && !strings.Contains(text, "{%") {
		return text, false, true
	}
	matches := escaped().FindAllStringSubmatchIndex(text, -1)
	if matches == nil {
		return text, false, true
	}
	var out, outside strings.Builder
	last := 0
	for _, m := range matches {
		out.WriteString(text[last:m[0]])
		outside.WriteString(text[last:m[0]])
		for i := 2; i < len(m); i += 2 {
			if m[i] >= 0 {
				out.WriteString(text[m[i]:m[i+1]])
			}
		}
		last = m[1]
	}
	out.WriteString(text[last:])
	outside.WriteString(text[last:])
	return out.String(), true, !Rendered(outside.String())
}

// RenderedByEngine reports whether a template engine puts something into a text: {{ secret }}.
func RenderedByEngine(text string) bool {
	m := asked().expressions
	return m.may(text) && m.expression().MatchString(text)
}
