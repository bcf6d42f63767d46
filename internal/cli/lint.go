package cli

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/fix"
	"github.com/matrixgen/matrixgen/lint"
)

func newLintCmd(a *app) *cobra.Command {
	l := &linter{app: a}
	var repair repairFlags
	cmd := &cobra.Command{
		Use:   "lint [PATH…]",
		Short: "Find what stops a Matrix server from starting, or its users from logging in",
		Long: `lint checks every stack below stacks/, or the deployments in the given directories,
whoever wrote them: documents are recognised by what they say and by what mounts
them, whatever they are called. Nothing is executed, nothing outside a directory is
read. What cannot be seen is not judged. A path may also be a guide in Markdown: the
files that its blocks show are checked, and its commands.

What is meant as it is, a comment keeps silent, on its line or above it, with a reason:
# matrixgen:ignore RULE REASON. In a stack it is an attribute behind the field, or on the
top level for the file: @ignore(RULE, reason="REASON"). For whole files it is a line of
matrixgen.cue, at the root of the repository or in the directory that is linted:
ignore: [{rule: "RULE", path: "dev/**", reason: "REASON"}]. That file may also say
failOn: "warning". It need not exist.

With --against, what changed since a revision is checked, too: what nobody can undo needs an
acknowledgement with a reason, which counts for that change alone. main... stands for the
revision where HEAD left main.

--fix makes the repairs that need nobody's judgement: a key that is misspelt, a value that
only lacks its quotes, a URL that follows from another file. It changes the line that a
finding is at, in the files that were read, the stacks or the guide, and nothing else in
it; what a line above says to ignore, and what --rule or --severity leaves out, it leaves
as it is. It never touches a secret. Of two repairs of the same place the first is made,
and the result is looked at again. --diff shows the changes and writes nothing.`,
		Example: `  matrixgen lint
  matrixgen lint /srv/matrix
  matrixgen lint docs/guide.md
  matrixgen lint --format github --format sarif=matrixgen.sarif .
  matrixgen lint --against origin/main...
  matrixgen lint --staged   # before a commit
  matrixgen lint --fix --diff deployment`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			facts.Warm()
			if err := errors.Join(l.flags.check(), repair.check()); err != nil {
				return err
			}
			if !repair.fix || repair.diff {
				endAtOnce()
			}
			rules, err := l.flags.rules()
			if err != nil {
				return err
			}
			l.rules = rules
			targets, err := l.targets(cmd.Context(), paths)
			defer func() {
				for _, t := range targets {
					t.close()
				}
			}()
			if err != nil {
				return err
			}
			return a.lint(cmd.Context(), targets, l.flags, repair)
		},
	}
	l.flags = addFindingFlags(cmd)
	cmd.Flags().BoolVar(&repair.fix, "fix", false, "make the repairs that need nobody's judgement")
	cmd.Flags().BoolVar(&repair.diff, "diff", false, "with --fix, print what would change and write nothing")
	cmd.Flags().StringVar(&l.against, "against", "", "check what changed since a `REVISION`, too; A... is where HEAD left A")
	cmd.Flags().BoolVar(&l.index, "staged", false, "check what is in the index of Git, not what is in the work tree")
	cmd.MarkFlagsMutuallyExclusive("fix", "staged")
	return cmd
}

// linter is one run of lint.
type linter struct {
	*app
	flags   *findingFlags
	rules   []lint.Rule
	against string
	index   bool
}

// targets returns what the command line names, without a path the stacks of the repository. Close them after use, also after an error.
func (l *linter) targets(ctx context.Context, paths []string) ([]target, error) {
	if len(paths) == 0 {
		t, err := l.stacksTarget(ctx)
		if err != nil {
			return nil, err
		}
		return []target{t}, nil
	}
	var targets []target
	for _, name := range paths {
		t, err := l.pathTarget(ctx, name)
		if err != nil {
			return targets, err
		}
		targets = append(targets, t)
	}
	return targets, nil
}

// lint checks the targets and prints what there is to say of all of them.
func (a *app) lint(ctx context.Context, targets []target, flags *findingFlags, repair repairFlags) error {
	var findings []diag.Finding
	failing, wrong, fixed := 0, "", repaired{}
	for _, t := range targets {
		seen, done, err := a.lintTarget(t, flags, repair)
		var exit *exitError
		switch {
		case errors.As(err, &exit):
			return exit // such as a revision that is not there
		case err != nil:
			return &exitError{code: exitFailed, message: err.Error()}
		}
		wrong = cmp.Or(wrong, seen.wrong())
		failing += seen.failing(flags)
		if len(targets) > 1 {
			seen.findings, done.findings = below(t.name, seen.findings), below(t.name, done.findings)
		}
		fixed.add(done)
		findings = append(findings, seen.findings...)
	}
	var files fs.FS = targets[0].files
	folder := targets[0].dir
	if len(targets) > 1 {
		files, folder = anywhere{a.dir}, a.dir
	}
	shown := flags.shown(findings)
	if err := flags.write(ctx, a, folder, files, shown, repair.diff); err != nil {
		return err
	}
	a.sayRepairs(fixed, shown, repair)
	switch {
	case wrong != "":
		return &exitError{code: exitUsage, message: wrong}
	case failing > 0 || repair.diff && fixed.files > 0:
		return &exitError{code: exitFindings}
	}
	return nil
}

// lintTarget checks one target, and repairs it if that is asked for. The fixes of the findings are exact, or none.
func (a *app) lintTarget(t target, flags *findingFlags, repair repairFlags) (looked, repaired, error) {
	tree := fix.NewTree(t.files)
	if repair.fix && !repair.diff {
		done, after, err := mend(t, tree, flags)
		if err != nil {
			return looked{}, repaired{}, err
		}
		root, err := os.OpenRoot(t.dir)
		if err != nil {
			return looked{}, repaired{}, err
		}
		defer root.Close()
		return after, done, done.write(root)
	}
	seen, err := t.look(tree)
	if err != nil {
		return looked{}, repaired{}, err
	}
	seen.place(tree)
	if !repair.fix {
		return seen, repaired{}, nil
	}
	done, after, err := mend(t, tree, flags)
	if err != nil {
		return looked{}, repaired{}, err
	}
	return seen, done, a.showRepairs(t, done, after)
}

// place finds where what stands at the findings ends, and which characters their fixes mean.
func (s *looked) place(files fs.FS) {
	texts := map[string][]byte{}
	text := func(file string) ([]byte, error) {
		if text, read := texts[file]; read {
			return text, nil
		}
		text, err := fs.ReadFile(files, path.Clean(file))
		texts[file] = text
		return text, err
	}
	s.findings = diag.WithEnds(s.findings, text)
	for i, f := range s.findings {
		s.findings[i].Fix = fix.Resolve(f.Fix, text)
	}
}

// below returns findings with their files as seen from the folder above.
func below(folder string, findings []diag.Finding) []diag.Finding {
	move := func(p *diag.Position) { p.File = path.Join(folder, p.File) }
	moved := slices.Clone(findings)
	for i := range moved {
		f := &moved[i]
		move(&f.Position)
		f.Related = slices.Clone(f.Related)
		for j := range f.Related {
			move(&f.Related[j].Position)
		}
		if f.Fix != nil {
			fix := *f.Fix
			fix.Edits = slices.Clone(fix.Edits)
			for j := range fix.Edits {
				move(&fix.Edits[j].Position)
			}
			f.Fix = &fix
		}
	}
	return moved
}

// anywhere is the files of several targets, whose names begin at a folder or are absolute.
type anywhere struct{ dir string }

// Open implements [fs.FS].
func (a anywhere) Open(name string) (fs.File, error) {
	if filepath.IsAbs(name) {
		return os.Open(name)
	}
	return os.Open(filepath.Join(a.dir, filepath.FromSlash(name)))
}
