package cli

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/fix"
	"github.com/matrixgen/matrixgen/internal/outdir"
	"github.com/matrixgen/matrixgen/internal/sensitive"
	"github.com/matrixgen/matrixgen/internal/terminal"
	"github.com/matrixgen/matrixgen/internal/workspace"
)

// repairFlags say whether lint repairs what it finds.
type repairFlags struct {
	fix, diff bool
}

func (f repairFlags) check() error {
	if f.diff && !f.fix {
		return usageError("matrixgen lint --fix --diff", "--diff shows what --fix would change, and is nothing without it")
	}
	return nil
}

// repaired is what was done to the files of a target.
type repaired struct {
	// findings are those that are gone, each with its fix.
	findings []diag.Finding
	changes  []fix.Change
	// files counts the changes, and left the findings that remain.
	files, left int
}

func (r *repaired) add(other repaired) {
	r.findings = append(r.findings, other.findings...)
	r.files += len(other.changes)
	r.left += other.left
}

// mend repairs what is found in the files of a target, in memory, and returns what is found afterwards.
func mend(t workspace.Target, tree *fix.Tree, flags *findingFlags) (repaired, workspace.Seen, error) {
	var done repaired
	var err error
	done.findings, err = tree.Mend(func(files fs.FS) ([]diag.Finding, int, error) {
		seen, err := t.Look(files)
		if err != nil {
			return nil, 0, err
		}
		place(&seen, files)
		return flags.shown(seen.Findings), countBroken(seen), nil
	})
	if err != nil {
		return repaired{}, workspace.Seen{}, err
	}
	if done.changes, err = tree.Changes(); err != nil {
		return repaired{}, workspace.Seen{}, err
	}
	after, err := t.Look(tree)
	place(&after, tree)
	done.left = len(flags.shown(after.Findings))
	return done, after, err
}

// write writes the files, each at once.
func (r repaired) write(root *os.Root) error {
	for i, change := range r.changes {
		if err := change.Write(root); err != nil {
			return fmt.Errorf("%w (%d of %s changed)", err, i, plural(len(r.changes), "file"))
		}
	}
	return nil
}

// showRepairs prints what the repairs change as a unified diff, without the secrets that stand beside it.
func (a *app) showRepairs(t workspace.Target, r repaired, after workspace.Seen) error {
	mask := sensitive.NewMasker(sensitive.Secrets(after.Deployments...))
	masked := false
	for _, change := range r.changes {
		name := path.Join(t.Name, change.Name)
		diff := outdir.Unified("a/"+name, "b/"+name, change.Old, change.New)
		shown := terminal.Visible(maskDiff(mask, diff))
		masked = masked || shown != diff
		if _, err := fmt.Fprint(a.Out, shown); err != nil {
			return err
		}
	}
	if masked {
		tell(a.Err, "secrets beside the changes are masked, and the diff does not apply there: --fix alone makes them\n")
	}
	return nil
}

// maskDiff masks the lines of a diff, but not the names of the files.
func maskDiff(mask sensitive.Masker, diff string) string {
	var b strings.Builder
	for line := range strings.Lines(diff) {
		if !strings.HasPrefix(line, "--- ") && !strings.HasPrefix(line, "+++ ") && !strings.HasPrefix(line, "@@ ") {
			line = line[:1] + mask.Text(line[1:])
		}
		b.WriteString(line)
	}
	return b.String()
}

// sayRepairs says for people what was repaired, and what can be.
func (a *app) sayRepairs(r repaired, shown []diag.Finding, flags repairFlags) {
	verb := "fixed"
	if flags.diff {
		verb = "would fix"
	}
	for _, f := range r.findings {
		tell(a.Err, "%s:%d:%d: %s: %s [%s]\n", f.File, f.Line, f.Column, verb, f.Fix.Does, f.Rule)
	}
	fixable := 0
	for _, f := range shown {
		if f.Fix != nil {
			fixable++
		}
	}
	switch {
	case flags.fix:
		tell(a.Err, "%s %s in %s, %d left\n", verb, plural(len(r.findings), "finding"), plural(r.files, "file"), r.left)
	case fixable > 0:
		tell(a.Err, "%d of %s can be repaired by --fix\n", fixable, plural(len(shown), "finding"))
	}
}
