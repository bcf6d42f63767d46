package cli

import (
	"io/fs"
	"path"
	"slices"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/provenance"
	"github.com/matrixgen/matrixgen/lint"
)

// lintStack checks a linked deployment, whose documents were compiled of the files.
func lintStack(compiler *compile.Compiler, files fs.FS, rules []lint.Rule, documents *model.Files, deployment *model.Deployment) ([]diag.Finding, error) {
	return inStack(compiler, files, documents, lint.Run(rules, deployment))
}

// inStack puts each finding where the operator can act on it. A value of the schema follows from a field of the stack: a finding at the value goes to
// the field, and its repair is dropped, since it was one of the value. If there is no such field, or the finding has no place, it goes to the top of
// the stack. A second place in the schema is left out.
func inStack(compiler *compile.Compiler, files fs.FS, documents *model.Files, findings []diag.Finding) ([]diag.Finding, error) {
	var derived []diag.Position
	for _, f := range findings {
		if compile.Derived(f.Position) {
			derived = append(derived, f.Position)
		}
	}
	written := writtenFor(compiler, files, documents, derived)
	top := diag.Position{File: path.Join(compile.StacksFolder, documents.Name, "stack.cue"), Line: 1, Column: 1}
	for i, f := range findings {
		if compile.Derived(f.Position) {
			findings[i].Position = written[f.Position]
		}
		if findings[i].File == "" {
			findings[i].Position = top
		}
		findings[i].Related = slices.DeleteFunc(f.Related, func(r diag.Related) bool { return compile.Derived(r.Position) })
		if f.Fix != nil && compile.Derived(f.Fix.Edits[0].Position) {
			findings[i].Fix = nil
		}
	}
	return diag.Sort(findings), nil
}

// writtenFor returns for places of the schema the fields of the stack that the values there follow from; a place without one is missing. To follow a
// stack takes as long as to compile it, so it is done only where something is wrong.
func writtenFor(compiler *compile.Compiler, files fs.FS, documents *model.Files, derived []diag.Position) map[diag.Position]diag.Position {
	if len(derived) == 0 {
		return nil
	}
	trace, err := follow(compiler, files, documents)
	if err != nil {
		return nil // a finding at the top of the stack is better than none
	}
	written := map[diag.Position]diag.Position{}
	for _, at := range derived {
		if field := trace.Written(at); field != nil {
			written[at] = field.Position
		}
	}
	return written
}

// follow works out where compiled documents come from.
func follow(compiler *compile.Compiler, files fs.FS, documents *model.Files) (*provenance.Trace, error) {
	written, err := compiler.Written(files, documents.Name)
	if err != nil {
		return nil, err
	}
	schema, err := provenance.Load()
	if err != nil {
		return nil, err
	}
	return schema.Follow(documents, written)
}
