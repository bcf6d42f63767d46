package model

import "github.com/matrixgen/matrixgen/internal/diag"

// Acknowledgement is an operator's word that a change which nobody can undo is meant.
type Acknowledgement struct {
	// Rule is the rule that reports the change, and Subject what it names in it.
	Rule, Subject string
	Reason        string
	Position      diag.Position
}
