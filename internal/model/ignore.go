package model

import "github.com/matrixgen/matrixgen/internal/diag"

// Ignore is a suppression: an operator's word that what a rule has to say of a place is meant so.
type Ignore struct {
	// Rule and Reason are as written; "" if they are missing.
	Rule, Reason string
	// Position is where the suppression stands.
	Position diag.Position
	// First and Last bound the place that it speaks of.
	First, Last diag.Position
	// Shared says that other deployments read the file, too: what this one does not need, another may.
	Shared bool
}

// Covers reports whether a suppression speaks of a place.
func (i Ignore) Covers(p diag.Position) bool {
	return p.File == i.First.File && i.First.Compare(p) <= 0 && p.Compare(i.Last) <= 0
}
