package model

import "github.com/matrixgen/matrixgen/internal/diag"

// Acknowledgement is an operator's word that a change which nobody can undo is meant.
type Acknowledgement struct {
	// Rule is the rule that reports the change, and Subject what it names in it.
	Rule, Subject string
	Reason        string
	Position      diag.Position
}

// Unchecked is a raw setting that an operator wants written although matrixgen does not know it.
type Unchecked struct {
	// Override is the field of the stack that has the settings of the document, such as synapse. Path is the setting below it, with [] for an item.
	Override, Path string
	Reason         string
	Position       diag.Position
}
