package model

import (
	"regexp"
	"strings"
)

var placeholder = regexp.MustCompile(`(?i)change_?-?me|replace(?:_?-?me|[_-])|\byour[_-]|_your[_-]|redacted|_placeholder|^<.*>$|<[a-z][a-z0-9]*(?:[ _-][a-z0-9]+)*>` +
	`|^__\w+__$|%%\w+%%|placeholder_|\$\{|\$\([A-Z_]|\{\{|\{%`)

// described matches a value that says what is to stand in its place: SOME_LONG_RANDOM_STRING, INSERT KEY HERE, (database_password),
// XXXFILLEDXXX, randomly_generated_string, matrix.yourdomain.com. It may follow the name of a variable.
var described = regexp.MustCompile(`(?:^|=)(?:[A-Z0-9]+[-_])*(?:RANDOM[A-Z]*|STRING|SAME|SOME|LONG|STRONG|GENERATED?|HERE)(?:[-_][A-Z0-9]+)+$` +
	`|(?:^|=)(?:[A-Z0-9]+[-_])+(?:STRING|HERE)$` +
	`|(?:^|=)[\[(]?(?:(?:INSERT|ENTER|PASTE|YOUR)(?: [A-Z]+)+|(?:[A-Z]+ )+(?:HERE|GENERATED?))[\])]?$` +
	`|(?:^|=)[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?:SECRET|PASSWORD|TOKEN)$|^--[A-Za-z]+(?:[ _-][A-Za-z]+)*--$` +
	`|(?:^|=)(?i:x{3,}(?:\w*x{3,})?)$|(?:^|=)\([a-z]+(?:_[a-z0-9]+)+\)$` +
	`|\b(?i:random(?:ly)?[-_ ](?:generated|string|secret|password|key|value))|(?:^|=)(?:RANDOM|STRONG|SECURE)(?:PASSWORD|SECRET|KEY)$` +
	`|\bYOUR[A-Z]{4,}|\b(?i:your)[-.]?(?i:domain)\b`)

// IsPlaceholder reports whether a text waits to be replaced: CHANGE_ME, <secret>, ${SECRET}. What it is replaced by is not known, and that it
// is still there is for the rule on placeholders.
func IsPlaceholder(text string) bool {
	return mayWait(text) && placeholder.MatchString(text) || IsDescribed(text)
}

// IsDescribed reports whether a text says in words what people are to put in its place, without brackets or marks that a program looks for.
func IsDescribed(text string) bool {
	return mayDescribe(text) && described.MatchString(text)
}

// mayDescribe is quicker than the expression, which almost nothing matches: what it looks for begins with a certain letter, is in capitals, or has
// one of two words.
func mayDescribe(text string) bool {
	value := text[strings.LastIndexByte(text, '=')+1:]
	if value == "" {
		return false
	}
	isCapital := func(c rune) bool { return c >= 'A' && c <= 'Z' }
	isSmall := func(c rune) bool { return c >= 'a' && c <= 'z' }
	return strings.IndexByte("([-xX", value[0]) >= 0 || strings.ContainsFunc(value, isCapital) && !strings.ContainsFunc(value, isSmall) ||
		strings.Contains(text, "our") || strings.Contains(text, "OUR") || strings.Contains(text, "andom") || strings.Contains(text, "ANDOM")
}

// mayWait says that a text has a part of what the expressions look for: most have none, and this is quicker.
func mayWait(text string) bool {
	lower := strings.ToLower(text)
	for _, part := range []string{"change", "replace", "your", "redacted", "placeholder_", "_placeholder", "<", "__", "xxx", "${", "$(", "{{", "{%", "%%"} {
		if strings.Contains(lower, part) {
			return true
		}
	}
	return false
}
