package fix

import (
	"fmt"
	"io/fs"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// rounds bounds how often the result of fixes is looked at again.
const rounds = 10

// Look returns the findings in a tree of files, with resolved fixes, and counts what cannot be read at all: files that do not parse, stacks that
// do not compile.
type Look func(files fs.FS) (findings []diag.Finding, broken int, err error)

// Mend makes the fixes of what is found in the tree, and looks again, until there is nothing more to do. It returns the findings whose fixes were
// made. A round after which more is broken than before is taken back.
func (t *Tree) Mend(look Look) ([]diag.Finding, error) {
	var fixed []diag.Finding
	tried := map[string]bool{}
	findings, broken, err := look(t)
	if err != nil {
		return nil, err
	}
	for range rounds {
		batch := untried(findings, tried)
		if len(batch) == 0 {
			break
		}
		before := t.changed
		made, err := t.round(batch)
		if err != nil {
			return nil, err
		}
		for _, f := range made {
			tried[key(f)] = true
		}
		now, brokenNow, err := look(t)
		if err != nil {
			return nil, err
		}
		if brokenNow > broken {
			t.changed = before
			continue
		}
		findings, broken = now, brokenNow
		fixed = append(fixed, made...)
	}
	return fixed, nil
}

// round makes those fixes of the findings that can be made together, and returns the findings whose fixes it made.
func (t *Tree) round(findings []diag.Finding) ([]diag.Finding, error) {
	fixes := make([]*diag.Fix, len(findings))
	for i, f := range findings {
		fixes[i] = f.Fix
	}
	made, err := t.Make(fixes)
	if err != nil {
		return nil, err
	}
	var done []diag.Finding
	for i, f := range findings {
		if made[i] {
			done = append(done, f)
		}
	}
	return done, nil
}

// untried returns the findings with a fix that was not made before: one that does not help is not made again.
func untried(findings []diag.Finding, tried map[string]bool) []diag.Finding {
	var found []diag.Finding
	for _, f := range findings {
		if f.Fix != nil && !tried[key(f)] {
			found = append(found, f)
		}
	}
	return found
}

func key(f diag.Finding) string { return fmt.Sprint(f.Rule, f.Fix.Edits) }
