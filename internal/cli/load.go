package cli

import (
	"io/fs"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/workspace"
)

// loadStack returns a stack. If it does not compile, it prints why, and the error is the one that is given.
func (a *app) loadStack(compiler *compile.Compiler, files fs.FS, stack, wrong string) (*workspace.Stack, error) {
	s, findings, err := workspace.Load(compiler, files, stack)
	if err != nil || s != nil {
		return s, err
	}
	if err := a.writeText(a.Err, files, diag.Sort(findings)); err != nil {
		return nil, err
	}
	return nil, &exitError{code: exitUsage, message: wrong}
}
