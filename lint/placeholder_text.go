package lint

import "regexp"

var placeholder = regexp.MustCompile(`(?i)change_?-?me|replace[_-]|\byour[_-]|_your[_-]|redacted|_placeholder|^<.*>$|^__\w+__$|placeholder_|^x{3,}$|\$\{|\{\{|\{%` +
	`|(?-i:^(?:[A-Z0-9]+[-_])*(?:RANDOM[A-Z]*|STRING|SAME|SOME|LONG|STRONG|GENERATED?|HERE)(?:[-_][A-Z0-9]+)+$` +
	`|^(?:[A-Z0-9]+[-_])+(?:STRING|HERE)$|\bYOUR[A-Z]{4,})|\byour-?domain\b`)

// isPlaceholder says that the text waits to be replaced: CHANGE_ME, <secret>, ${SECRET}. What it is replaced by is not known, and that it
// is still there is for the rule on placeholders.
func isPlaceholder(text string) bool {
	return placeholder.MatchString(text)
}
