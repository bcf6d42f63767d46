package lint

import (
	"regexp"
	"strings"
)

var placeholder = regexp.MustCompile(`(?i)change_?-?me|replace[_-]|\byour[_-]|_your[_-]|redacted|_placeholder|^<.*>$|^__\w+__$|placeholder_|^x{3,}$|\$\{|\$\([A-Z_]|\{\{|\{%` +
	`|(?-i:^(?:[A-Z0-9]+[-_])*(?:RANDOM[A-Z]*|STRING|SAME|SOME|LONG|STRONG|GENERATED?|HERE)(?:[-_][A-Z0-9]+)+$` +
	`|^(?:[A-Z0-9]+[-_])+(?:STRING|HERE)$|\bYOUR[A-Z]{4,})|\byour-?domain\b`)

// isPlaceholder says that the text waits to be replaced: CHANGE_ME, <secret>, ${SECRET}. What it is replaced by is not known, and that it
// is still there is for the rule on placeholders.
func isPlaceholder(text string) bool {
	return mayWait(text) && placeholder.MatchString(text)
}

// mayWait says that a text has a part of what the expression looks for: most have none, and this is quicker.
func mayWait(text string) bool {
	lower := strings.ToLower(text)
	for _, part := range []string{"change", "replace", "your", "redacted", "placeholder_", "_placeholder", "<", "__", "xxx", "${", "$(", "{{", "{%",
		"random", "string", "same", "some", "long", "strong", "generate", "here"} {
		if strings.Contains(lower, part) {
			return true
		}
	}
	return false
}
