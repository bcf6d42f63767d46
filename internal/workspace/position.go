package workspace

import (
	"path"
	"slices"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/provenance"
	"github.com/matrixgen/matrixgen/lint"
)

// Lint checks the stack. Findings are where the operator can act on them.
func (s *Stack) Lint(rules []lint.Rule) []diag.Finding {
	return s.place(lint.Run(rules, s.Deployment), provenance.Sieve{})
}

// place puts each finding where the operator can act on it. A value of the schema follows from a field of the stack: a finding at the value goes to
// the field, and its repair is dropped, since it was one of the value. If there is no such field, or the finding has no place, it goes to the top of
// the stack. A second place in the schema is left out. The sieve says which of the values that are derived at a place are meant.
func (s *Stack) place(findings []diag.Finding, of provenance.Sieve) []diag.Finding {
	written := s.writtenFor(findings, of)
	top := s.top()
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
	return diag.Sort(findings)
}

// top is the place for what follows from no line of the stack.
func (s *Stack) top() diag.Position {
	return diag.Position{File: path.Join(compile.StacksFolder, s.Name, "stack.cue"), Line: 1, Column: 1}
}

// writtenFor returns for the places of findings in the schema the fields of the stack that the values there follow from; a place without one is
// missing. The stack is followed only if there is such a place, since that takes as long as compiling it.
func (s *Stack) writtenFor(findings []diag.Finding, of provenance.Sieve) map[diag.Position]diag.Position {
	written := map[diag.Position]diag.Position{}
	for _, f := range findings {
		if !compile.Derived(f.Position) {
			continue
		}
		trace, err := s.Trace()
		if err != nil {
			return nil // a finding at the top of the stack is better than none
		}
		if field := trace.Written(f.Position, of); field != nil {
			written[f.Position] = field.Position
		}
	}
	return written
}
