// Package suggest finds what a misspelt name was probably meant to be.
package suggest

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/agext/levenshtein"
)

// alike is the share of letters that must agree for a candidate to be worth a mention.
const alike = 0.6

// Nearest returns the candidate that is most like the name, or "" if none is like it. Of equals the first wins.
func Nearest(name string, candidates []string) string {
	best, bestScore := "", 0.0
	for _, candidate := range candidates {
		if score := levenshtein.Match(name, candidate, nil); score >= alike && score > bestScore {
			best, bestScore = candidate, score
		}
	}
	return best
}

// Meant returns the candidate that a misspelt name was surely meant to be: the same but for case, underscores and dashes, or else the only one that
// is spelled with at most one other letter, or two in a long name. It is "" if that cannot be said.
func Meant(name string, candidates []string) string {
	var same, near []string
	for _, candidate := range candidates {
		d := levenshtein.Distance(name, candidate, nil)
		switch {
		case Alike(candidate, name):
			same = append(same, candidate)
		case d <= 2 && SameNumbers(name, candidate):
			near = append(near, candidate)
		}
	}
	switch {
	case len(same) == 1:
		return same[0]
	case len(same) > 1 || len(near) != 1:
		return ""
	case len(name) >= 4*levenshtein.Distance(name, near[0], nil):
		return near[0]
	}
	return ""
}

// Alike reports whether two names differ in nothing but case, underscores and dashes.
func Alike(a, b string) bool {
	for {
		x, rest := letter(a)
		y, restToo := letter(b)
		if x != y {
			return false
		}
		if x == 0 {
			return true
		}
		a, b = rest, restToo
	}
}

// letter returns the first letter of a name in lower case and what follows it, without underscores and dashes; 0 at the end.
func letter(name string) (rune, string) {
	for name != "" {
		r, size := utf8.DecodeRuneInString(name)
		name = name[size:]
		if r != '_' && r != '-' {
			return unicode.ToLower(r), name
		}
	}
	return 0, ""
}

// SameNumbers reports whether two names have the same digits: numbers are not misspelt, msc4190_enabled does not mean msc4140_enabled.
func SameNumbers(a, b string) bool { return digits(a) == digits(b) }

func digits(name string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, name)
}
