package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/fix"
	"github.com/matrixgen/matrixgen/internal/workspace"
)

// lintMemory is what lint lets garbage grow to, in bytes. Of a thousand deployments few are held at a time, and main collects what is left of the
// others rarely.
const lintMemory = 215 << 20

func newLintCmd(a *app) *cobra.Command {
	var flags *findingFlags
	var repair repairFlags
	var against, as string
	var index bool
	cmd := &cobra.Command{
		Use:   "lint [PATH…]",
		Short: "Find what stops a Matrix server from starting, or its users from logging in",
		Long: `lint checks every stack below stacks/, or the deployments in the given directories,
whoever wrote them: documents are recognised by what they say and by what mounts
them, whatever they are called. Nothing is executed, nothing outside a directory is
read. What cannot be seen is not judged, nor is what has nothing to do with Matrix. Of
several deployments each has its findings below its name; compose files that a script,
a Makefile or a workflow gives Compose together are one. At the end a line says what was
checked. A path may also be a guide in Markdown: the
files that its blocks show are checked, and its commands. A path may also be a single
file, or - for what is piped in, which --as gives its name: for editors and hooks. What
other files would say is then not known, and nothing is missed in them.

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
  matrixgen lint synapse/homeserver.yaml
  git show :mas.yaml | matrixgen lint - --as mas.yaml
  matrixgen lint --format github --format sarif=matrixgen.sarif .
  matrixgen lint --against origin/main...
  matrixgen lint --staged   # before a commit
  matrixgen lint --fix --diff deployment`,
		RunE: func(cmd *cobra.Command, paths []string) error {
			facts.Warm()
			if err := errors.Join(flags.check(), repair.check(), checkPiped(paths, as, repair)); err != nil {
				return err
			}
			if repair.fix && index {
				return usageError("repair the files, and add them again", "--fix changes files, and --staged looks at what a commit would record")
			}
			if !repair.fix || repair.diff {
				endAtOnce()
			}
			linter, err := a.linter(flags, against, index)
			if err != nil {
				return err
			}
			linter.Keep = repair.fix // secrets of theirs are hidden in what it changes
			targets, err := a.targets(cmd.Context(), linter, paths, as)
			defer func() {
				for _, t := range targets {
					t.Files.Close()
				}
			}()
			if err != nil {
				return err
			}
			stacks := 0
			for _, t := range targets {
				stacks += t.Stacks
			}
			holdGarbage(lintMemory, stacks)
			return a.lint(cmd.Context(), targets, flags, repair)
		},
	}
	flags = addFindingFlags(cmd)
	cmd.Flags().BoolVar(&repair.fix, "fix", false, "make the repairs that need nobody's judgement")
	cmd.Flags().BoolVar(&repair.diff, "diff", false, "with --fix, print what would change and write nothing")
	cmd.Flags().StringVar(&against, "against", "", "check what changed since a `REVISION`, too; A... is where HEAD left A")
	cmd.Flags().BoolVar(&index, "staged", false, "check what is in the index of Git, not what is in the work tree")
	cmd.Flags().StringVar(&as, "as", "", "with -, the `NAME` that what is piped in has")
	return cmd
}

// linter returns what checks as the flags say.
func (a *app) linter(flags *findingFlags, against string, index bool) (*workspace.Linter, error) {
	rules, err := flags.rules()
	if err != nil {
		return nil, err
	}
	revisions := workspace.ParseRange(against)
	if revisions.To != "" && revisions.To != "HEAD" {
		return nil, usageError("matrixgen diff compares two revisions", "lint checks what is here against one revision: --against %s or %s...", revisions.From, revisions.From)
	}
	progress := func(total int) workspace.Progress { return a.newProgress(total) }
	return &workspace.Linter{Compilers: a.compilers, Rules: rules, Wants: flags.wants, Against: revisions, Index: index, Progress: progress}, nil
}

// targets returns what the command line names, without a path the stacks of the repository. Close them after use, also after an error.
func (a *app) targets(ctx context.Context, linter *workspace.Linter, paths []string, as string) ([]workspace.Target, error) {
	if len(paths) == 0 {
		root, err := a.repository()
		if err != nil {
			return nil, err
		}
		t, err := linter.Stacks(ctx, root)
		if err != nil {
			return nil, failed(err)
		}
		return []workspace.Target{t}, nil
	}
	var targets []workspace.Target
	for _, name := range paths {
		t, err := a.target(ctx, linter, name, as)
		if err != nil {
			return targets, failed(err)
		}
		if above := workspace.SettingsAbove(t.Dir); above != "" {
			tell(a.Err, "note: %s does not count for %s: settings lie in the directory that is linted\n", above, name)
		}
		targets = append(targets, t)
	}
	return targets, nil
}

// checkPiped checks what belongs to a path that is -.
func checkPiped(paths []string, as string, repair repairFlags) error {
	piped := slices.Contains(paths, "-")
	switch {
	case piped && as == "":
		return usageError("such as --as homeserver.yaml", "what is piped in has no name: give one with --as")
	case piped && len(paths) > 1:
		return usageError("", "- is the only path, if it is one")
	case piped && repair.fix && !repair.diff:
		return usageError("--fix --diff shows the repairs", "what is piped in cannot be repaired in its place")
	case !piped && as != "":
		return usageError("matrixgen lint - --as "+as+" reads from a pipe", "--as names what is piped in, and nothing is")
	}
	return nil
}

// target returns what one path names.
func (a *app) target(ctx context.Context, linter *workspace.Linter, name, as string) (workspace.Target, error) {
	if name != "-" {
		return linter.Path(ctx, a.dir, name)
	}
	text, err := io.ReadAll(io.LimitReader(os.Stdin, maxPiped+1))
	if err != nil {
		return workspace.Target{}, fmt.Errorf("read standard input: %w", err)
	}
	if len(text) > maxPiped {
		return workspace.Target{}, usageError("", "what is piped in is larger than %d MB", maxPiped>>20)
	}
	return linter.File(ctx, a.dir, as, text)
}

// maxPiped is how long a file may be that is piped in.
const maxPiped = 16 << 20

// lint checks the targets and prints what there is to say of all of them.
func (a *app) lint(ctx context.Context, targets []workspace.Target, flags *findingFlags, repair repairFlags) error {
	var findings []diag.Finding
	failing, wrong, fixed := 0, "", repaired{}
	checked := &diag.Checked{}
	var empty []string
	for _, t := range targets {
		seen, done, err := a.lintTarget(t, flags, repair)
		if err != nil {
			return failed(err) // such as a revision that is not there
		}
		wrong = cmp.Or(wrong, whatIsWrong(seen))
		if len(targets) > 1 {
			seen.Checked = seen.Checked.Below(t.Name)
		}
		checked.Add(seen.Checked)
		if seen.Nothing {
			name := t.Name
			if name == "." {
				name = t.Files.Name // a file on its own, or the index
			}
			empty = append(empty, name)
		}
		failing += countFailing(seen, flags)
		if len(targets) > 1 {
			seen.Findings, done.findings = below(t.Name, seen.Findings), below(t.Name, done.findings)
		}
		fixed.add(done)
		findings = append(findings, seen.Findings...)
	}
	var files fs.FS = targets[0].Files
	folder := targets[0].Dir
	if len(targets) > 1 {
		files, folder = anywhere{a.dir}, a.dir
	}
	shown := flags.shown(findings)
	flags.checked = checked
	if err := flags.write(ctx, a, folder, files, shown, repair.diff); err != nil {
		return err
	}
	if flags.talks() && wrong == "" && len(empty) == 0 {
		tell(a.Err, "%s; %s\n", checked, plural(len(shown), "finding"))
	}
	a.sayRepairs(fixed, shown, repair)
	switch {
	case wrong != "":
		return &exitError{code: exitUsage, message: wrong}
	case len(empty) > 0 && !slices.Contains(flags.formats, "json"): // whoever reads that sees what was checked
		what := "nothing of Matrix"
		if len(findings) > 0 {
			what = "nothing of Matrix that is read"
		}
		return &exitError{code: exitUsage, message: what + " in " + strings.Join(empty, ", "),
			hint: "looked at " + plural(checked.Files, "file") + " for compose files, Helm values and configurations of Synapse, MAS, Element Web and what goes with them"}
	case failing > 0 || repair.diff && fixed.files > 0:
		return &exitError{code: exitFindings}
	}
	return nil
}

// lintTarget checks one target, and repairs it if that is asked for. The fixes of the findings are exact, or none.
func (a *app) lintTarget(t workspace.Target, flags *findingFlags, repair repairFlags) (workspace.Seen, repaired, error) {
	tree := fix.NewTree(t.Files)
	if repair.fix && !repair.diff {
		root, err := os.OpenRoot(t.Dir)
		if err != nil {
			return workspace.Seen{}, repaired{}, err
		}
		defer root.Close()
		if err := fix.Sweep(root, "."); err != nil {
			return workspace.Seen{}, repaired{}, err
		}
		done, after, err := mend(t, tree, flags)
		if err != nil {
			return workspace.Seen{}, repaired{}, err
		}
		return after, done, done.write(root)
	}
	seen, err := t.Look(tree)
	if err != nil {
		return workspace.Seen{}, repaired{}, err
	}
	place(&seen, tree)
	if !repair.fix {
		return seen, repaired{}, nil
	}
	done, after, err := mend(t, tree, flags)
	if err != nil {
		return workspace.Seen{}, repaired{}, err
	}
	return seen, done, a.showRepairs(t, done, after)
}

// place finds where what stands at the findings ends, and which characters their fixes mean.
func place(seen *workspace.Seen, files fs.FS) {
	var last string // findings of a file stand together
	var content []byte
	var err error
	text := func(file string) ([]byte, error) {
		if file != last {
			content, err = lookedAt(files, path.Clean(file))
			last = file
		}
		return content, err
	}
	seen.Findings = diag.WithEnds(seen.Findings, text)
	for i, f := range seen.Findings {
		seen.Findings[i].Fix = fix.Resolve(f.Fix, text)
	}
}

// below returns findings with their files as seen from the folder above.
func below(folder string, findings []diag.Finding) []diag.Finding {
	move := func(p *diag.Position) { p.File = path.Join(folder, p.File) }
	moved := slices.Clone(findings)
	for i := range moved {
		f := &moved[i]
		move(&f.Position)
		if f.Deployment != "" {
			f.Deployment = path.Join(folder, f.Deployment)
		}
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
