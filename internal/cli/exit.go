package cli

import (
	"errors"
	"fmt"

	"github.com/matrixgen/matrixgen/internal/workspace"
)

// Exit codes. With several reasons the highest number wins.
const (
	exitClean    = 0
	exitFindings = 1 // findings, or out/ differs
	exitUsage    = 2 // wrong usage, or a stack that does not compile
	exitFailed   = 3 // the tool failed
)

// exitError ends a command with a code; the message, if any, is printed by Run.
type exitError struct {
	code    int
	message string
	hint    string
}

func (e *exitError) Error() string { return e.message }

func usageError(hint, format string, args ...any) error {
	return &exitError{code: exitUsage, message: fmt.Sprintf(format, args...), hint: hint}
}

// failed gives an error its exit code: what the workspace refuses is wrong usage, and what has no code is a failure of the tool. nil stays nil.
func failed(err error) error {
	var exit *exitError
	var refusal *workspace.Refusal
	switch {
	case err == nil:
		return nil
	case errors.As(err, &exit):
		return exit
	case errors.As(err, &refusal):
		return &exitError{code: exitUsage, message: refusal.Message, hint: refusal.Hint}
	}
	return &exitError{code: exitFailed, message: err.Error()}
}
