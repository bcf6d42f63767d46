package sensitive

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Hidden stands for a secret in what is shown.
const Hidden = "********"

// shortestMasked is how long a value must be to be masked wherever it stands: what is shorter is part of other words.
const shortestMasked = 8

// Masker masks secrets in what is shown of files: those that are known, wherever they stand, and on every line what looks like one.
type Masker struct{ known *strings.Replacer }

// NewMasker returns a masker that knows the secrets.
func NewMasker(secrets []string) Masker {
	var parts []string
	for _, secret := range secrets {
		parts = append(parts, secret)
		for word := range strings.FieldsSeq(secret) { // a text may be written on several lines
			if len(word) >= shortestMasked {
				parts = append(parts, word)
			}
		}
	}
	// Of two that begin alike, the longer is masked.
	slices.SortFunc(parts, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b)) })
	var pairs []string
	for _, part := range slices.Compact(parts) {
		if part != "" && !model.IsPublished(part) {
			pairs = append(pairs, part, Hidden)
		}
	}
	return Masker{strings.NewReplacer(pairs...)}
}

// Known masks what is known in a text.
func (m Masker) Known(text string) string { return m.known.Replace(text) }

// Text masks in every line of a text what is known, and what looks like a secret.
func (m Masker) Text(text string) string {
	var b strings.Builder
	for line := range strings.Lines(m.known.Replace(text)) {
		b.WriteString(maskLine(line))
	}
	return b.String()
}

// longToken matches a word that may be a password or a key.
var longToken = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[A-Za-z0-9+_=-]{10,}`) })

// maskLine masks what looks like a secret in a line: the value behind a name that sounds like one, what nobody writes by hand, a password in a URL.
func maskLine(line string) string {
	for from := 0; from < len(line); {
		match := namedSecret().FindStringSubmatchIndex(line[from:])
		if match == nil {
			break
		}
		name, start := line[from+match[2]:from+match[3]], from+match[4]
		if namedOtherwise().MatchString(name) {
			from = start
			continue
		}
		end := valueEnd(line, start)
		line = line[:start] + Hidden + line[end:]
		from = start + len(Hidden)
	}
	line = longToken().ReplaceAllStringFunc(line, func(word string) string {
		mixed := strings.ToLower(word) != word && strings.ToUpper(word) != word
		if strings.ContainsAny(word, "0123456789") && !publicText().MatchString(word) && (mixed || len(word) >= 20 && MayHoldSecret(word)) {
			return Hidden
		}
		return word
	})
	for word := range strings.FieldsSeq(line) {
		if password := passwordIn(strings.Trim(word, `"',`)); password != "" && holdsPassword(strings.Trim(word, `"',`)) {
			line = strings.ReplaceAll(line, password, Hidden)
		}
	}
	return line
}

// valueEnd returns where a value ends that begins at start: at its quote, at the end of what is in braces, or with the line.
func valueEnd(line string, start int) int {
	rest := strings.TrimRight(line[start:], "\r\n")
	if start > 0 && strings.ContainsAny(line[start-1:start], `"'`) {
		if end := strings.IndexByte(rest, line[start-1]); end >= 0 {
			return start + end
		}
		return start + len(rest)
	}
	if strings.ContainsAny(line[:start], "{[") {
		if end := strings.IndexAny(rest, ",}]"); end >= 0 {
			return start + end
		}
	}
	return start + len(rest)
}
