package workspace

import (
	"errors"
	"fmt"

	"github.com/matrixgen/matrixgen/internal/git"
)

// Refusal is an error that whoever asked can mend: a stack or a path that is not there, a revision that nobody knows. All other errors of this
// package mean that files could not be read, or that the tool itself is wrong.
type Refusal struct {
	Message string
	// Hint says what to do, or is "".
	Hint string
}

// Error returns the message.
func (r *Refusal) Error() string { return r.Message }

func refuse(hint, format string, args ...any) error {
	return &Refusal{Message: fmt.Sprintf(format, args...), Hint: hint}
}

// fromGit returns what Git refuses as a refusal.
func fromGit(err error) error {
	var refusal *git.Refusal
	if errors.As(err, &refusal) {
		return &Refusal{Message: refusal.Message, Hint: refusal.Hint}
	}
	return err
}
