package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/change"
	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/git"
	"github.com/matrixgen/matrixgen/internal/review"
)

// diffFlags say what is compared, and how that is printed.
type diffFlags struct {
	against, format  string
	staged, exitCode bool
}

func newDiffCmd(a *app) *cobra.Command {
	f := &diffFlags{}
	cmd := &cobra.Command{
		Use:   "diff [STACK…]",
		Short: "Show what changes for users and operators, and in which files",
		Long: `diff shows what a build would change in out/, or with --against what changed since a
revision: first each setting, and what its change means (nothing to do, a restart, a
brief outage, users who log in again, a change at the identity provider first, data to
move, or what nobody can undo), with the reason and where upstream says so; then the
files. Secrets are told by name alone.

--against main compares with main; main...HEAD compares HEAD with where it left main, as
a pull request does; v1..v2 compares two revisions. Revisions are read from Git, nothing
is checked out, and nothing that the repository configures is run.`,
		Example: `  matrixgen diff
  matrixgen diff home --against main
  matrixgen diff --against origin/main...HEAD --format markdown`,
		RunE: func(cmd *cobra.Command, names []string) error {
			if !slices.Contains(diffFormats, f.format) {
				return usageError("", "--format is %q, want text, markdown or json", f.format)
			}
			endAtOnce()
			return a.diff(cmd.Context(), names, f)
		},
		ValidArgsFunction: a.completeStacks,
	}
	flags := cmd.Flags()
	flags.StringVar(&f.against, "against", "", "compare with a `REVISION`, or two: A..B, or A...B for B since it left A")
	flags.StringVar(&f.format, "format", "text", "print text, markdown (a comment on a pull request) or json")
	flags.BoolVar(&f.staged, "staged", false, "compare what is in the index of Git, not what is in the work tree")
	flags.BoolVar(&f.exitCode, "exit-code", false, "exit 1 if anything differs")
	completeFlags(cmd, map[string]func() []string{"format": oneOf(diffFormats...)})
	return cmd
}

var diffFormats = []string{"text", "markdown", "json"}

func (a *app) diff(ctx context.Context, names []string, f *diffFlags) error {
	root, err := a.repository()
	if err != nil {
		return err
	}
	old, new, err := sides(ctx, root, f)
	if err != nil {
		return err
	}
	defer old.close()
	defer new.close()
	stacks, err := selectAmong(names, slices.Concat(old.written, old.built, new.written, new.built))
	if err != nil {
		return err
	}
	comparer, err := change.NewComparer()
	if err != nil {
		return &exitError{code: exitFailed, message: err.Error()}
	}
	results := make([]built, len(stacks))
	a.each(ctx, stacks, results, func(compiler *compile.Compiler, stack string) built {
		return reviewStack(compiler, comparer, old, new, stack)
	})
	report := review.Report{From: old.name, To: new.name}
	wrong, err := a.gather(new, results, &report)
	if err == nil {
		err = a.writeReport(f.format, report)
	}
	switch {
	case err != nil:
		return err
	case wrong > 0:
		return &exitError{code: exitUsage, message: plural(wrong, "stack") + " wrong"}
	case !report.Differs():
		tell(a.Err, "%s, nothing differs\n", plural(len(stacks), "stack"))
	case f.exitCode:
		return &exitError{code: exitFindings}
	}
	return nil
}

// gather puts what differs in the stacks into a report, prints why others do not compile, and returns how many.
func (a *app) gather(new side, results []built, report *review.Report) (wrong int, err error) {
	var findings []diag.Finding
	for _, result := range results {
		if result.err != nil {
			return 0, &exitError{code: exitFailed, message: fmt.Sprintf("stack %s: %v", result.stack, result.err)}
		}
		if result.wrong {
			wrong++
		}
		findings = append(findings, result.findings...)
		report.Stacks = append(report.Stacks, result.review)
	}
	return wrong, a.writeText(a.Err, new, diag.Sort(findings))
}

// writeReport prints the report in the format that was asked for.
func (a *app) writeReport(format string, report review.Report) error {
	write := map[string]func(io.Writer, review.Report) error{"markdown": review.WriteMarkdown, "json": review.WriteJSON}[format]
	if write == nil {
		colored, err := a.colored(a.Out)
		if err != nil {
			return err
		}
		write = review.Text{Color: colored, Columns: columnsOf(a.Out)}.Write
	}
	if err := write(a.Out, report); err != nil {
		return &exitError{code: exitFailed, message: fmt.Sprintf("write report: %v", err)}
	}
	return nil
}

// sides returns what is compared with what: by default out/ with what a build would make of it.
func sides(ctx context.Context, root string, f *diffFlags) (old, new side, err error) {
	from, to, symmetric := parseRange(f.against)
	if f.staged && to != "" {
		return old, new, usageError("", "--staged compares the index, and --against %s two revisions: choose one", f.against)
	}
	files, later := workTree(root), workTree(root)
	switch {
	case f.staged:
		later, err = staged(ctx, root)
	case to != "":
		later, err = revision(ctx, root, to)
	}
	if err != nil {
		return old, new, err
	}
	if new, err = newSide(later, true, to != ""); err != nil {
		return old, new, err
	}
	if from == "" {
		if f.staged {
			files.FS = later.FS
		}
		files.name = outFolder + "/"
		new.name = "a build"
		old, err = newSide(files, false, true)
		return old, new, err
	}
	if files, err = earlier(ctx, root, from, to, symmetric); err != nil {
		return old, new, err
	}
	old, err = newSide(files, true, true)
	return old, new, err
}

// earlier returns the files of a revision, or with two of the one where they parted.
func earlier(ctx context.Context, root, from, to string, symmetric bool) (source, error) {
	if !symmetric {
		return revision(ctx, root, from)
	}
	repository, err := git.Open(ctx, root)
	if err != nil {
		return source{}, gitError(err)
	}
	base, err := repository.MergeBase(ctx, from, to)
	if err != nil {
		return source{}, gitError(err)
	}
	files, err := revision(ctx, root, base)
	files.name = fmt.Sprintf("%s, where %s and %s parted", files.name, from, to)
	return files, err
}

// parseRange returns the revisions of A, A..B or A...B, as git reads them: a side that is left out is HEAD.
func parseRange(text string) (from, to string, symmetric bool) {
	from, to, found := strings.Cut(text, "..")
	if !found {
		return text, "", false
	}
	if to, symmetric = strings.CutPrefix(to, "."); to == "" {
		to = "HEAD"
	}
	if from == "" {
		from = "HEAD"
	}
	return from, to, symmetric
}
