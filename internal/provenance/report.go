package provenance

import (
	"slices"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// Report is an answer with what was asked.
type Report struct {
	// File is the path of the generated file below the root of the repository, slash-separated; Number is the line, counted from 1.
	File   string
	Number int
	// Stack is the folder of the stack.
	Stack string
	// Source is the address of the root of matrixgen's own repository, in the version that runs, and ends in a slash; "" if nobody
	// knows it.
	Source string
	Disk   Disk
	Answer
}

// Disk says how a file on disk compares with what a build would write.
type Disk struct {
	// State is "same", "differs" or "missing": the line there is the same, is another one, or there is no file.
	State string
	// Line is the line of what a build would write that stands there instead; 0 if there is none, or more than one.
	Line int
}

// hidden stands for a value that is not shown.
const hidden = "(a secret, not shown)"

// Hide takes the values at the given positions out of the answer.
func (a *Answer) Hide(secrets []diag.Position) {
	hide := func(f *Field) {
		if f.State == Set && slices.Contains(secrets, f.Position) {
			f.Value = hidden
		}
	}
	for _, field := range slices.Concat(a.From, a.Because) {
		if hide(field); field.Value == hidden && slices.Contains(a.From, field) {
			a.Line.Text = hidden
		}
	}
}
