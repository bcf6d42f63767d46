// Package suggest finds what a misspelt name was probably meant to be.
package suggest

import "github.com/agext/levenshtein"

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
