// Package diag holds findings: what matrixgen has to say about a place in a file, and how a list of them is sorted and printed.
// It knows nothing of stacks, documents or rules.
package diag

import (
	"cmp"
	"slices"
)

// Severity says how bad a finding is.
type Severity int

// Severities, from advice to what cannot work. The zero value is none of them.
const (
	Info Severity = iota + 1
	Warning
	Error
)

// String returns the severity as it is printed: info, warning or error.
func (s Severity) String() string { return [...]string{"", "info", "warning", "error"}[s] }

// Position is a place in a file. File is slash-separated and relative to the root of the repository, or to the directory that was linted;
// Line and Column count from 1, columns in characters. Zero means unknown and is not printed.
type Position struct {
	File   string
	Line   int
	Column int
}

// Compare orders positions by file, line and column.
func (p Position) Compare(q Position) int {
	return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// Related is a second place that a finding speaks of.
type Related struct {
	Position
	Message string
}

// Finding is one thing that is wrong at one place, in an operator's words. No field ever holds the value of a secret.
type Finding struct {
	Rule     string
	Severity Severity
	Position
	// End is the column behind what stands at the position, in the same line; 0 if it is not known.
	End     int
	Message string
	Hint    string
	// Subject is what a finding about a change names: with the rule it says which change is meant. "" for all others.
	Subject string
	// Deployment is the name of the deployment that it was found in, where a directory may hold several; "" for what is in none.
	Deployment string
	// Secret says that the line holds a secret: it is not shown.
	Secret bool
	// URL is the page of the rule.
	URL     string
	Related []Related
	// Fix is how it is repaired, or nil if that needs somebody's judgement.
	Fix *Fix
}

// Sort returns the findings ordered by position, rule and message, each once.
func Sort(findings []Finding) []Finding {
	sorted := slices.Clone(findings)
	slices.SortStableFunc(sorted, compare)
	return slices.CompactFunc(sorted, func(a, b Finding) bool { return compare(a, b) == 0 })
}

// Count returns how many findings have at least the given severity.
func Count(findings []Finding, at Severity) int {
	n := 0
	for _, f := range findings {
		if f.Severity >= at {
			n++
		}
	}
	return n
}

func compare(a, b Finding) int {
	return cmp.Or(a.Position.Compare(b.Position), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message))
}
