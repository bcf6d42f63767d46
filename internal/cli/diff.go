package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/change"
	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/review"
	"github.com/matrixgen/matrixgen/internal/workspace"
)

// diffFlags say what is compared, and how that is printed.
type diffFlags struct {
	against, format  string
	folder           string
	staged, exitCode bool
}

func newDiffCmd(a *app) *cobra.Command {
	f := &diffFlags{}
	cmd := &cobra.Command{
		Use:   "diff [DIR] [STACK…]",
		Short: "Show what changes for users and operators, and in which files",
		Long: `diff shows what a build would change in out/, or with --against what changed since a
revision: first each setting, and what its change means (nothing to do, a restart, a
brief outage, users who log in again, a change at the identity provider first, data to
move, or what nobody can undo), with the reason and where upstream says so; then the
files. Secrets are told by name alone.

--against main compares with main; main...HEAD compares HEAD with where it left main, as
a pull request does; v1..v2 compares two revisions. Revisions are read from Git, nothing
is checked out, and nothing that the repository configures is run.

diff DIR STACK compares a folder with files that others wrote with a stack: what it means
to run the stack in place of that server.`,
		Example: `  matrixgen diff
  matrixgen diff home --against main
  matrixgen diff --against origin/main...HEAD --format markdown
  matrixgen diff ~/matrix home`,
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
	flags.StringVar(&f.folder, "folder", "", "with DIR: where it lies on the machine of the server; by default where it lies here")
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
	if folder := a.folderOf(root, names); folder != "" {
		return a.diffFolder(ctx, root, folder, names, f)
	}
	if f.folder != "" {
		return usageError("matrixgen diff DIR STACK --folder "+f.folder, "--folder goes with a folder that is compared with a stack")
	}
	revisions := workspace.ParseRange(f.against)
	if f.staged && revisions.To != "" {
		return usageError("", "--staged compares the index, and --against %s two revisions: choose one", f.against)
	}
	old, new, err := workspace.Sides(ctx, root, revisions, f.staged)
	if err != nil {
		return failed(err)
	}
	defer old.Close()
	defer new.Close()
	stacks, err := workspace.Among(names, slices.Concat(old.Written, old.Built, new.Written, new.Built))
	if err != nil {
		return failed(err)
	}
	comparer, err := change.NewComparer()
	if err != nil {
		return failed(err)
	}
	was, err := a.renamed(old, new)
	if err != nil {
		return failed(err)
	}
	stacks = slices.DeleteFunc(stacks, func(stack string) bool { // it is told with the stack that it became
		return slices.Contains(slices.Collect(maps.Values(was)), stack)
	})
	outcomes := workspace.Each(ctx, a.compilers, stacks, a.newProgress(len(stacks)), func(compiler *compile.Compiler, stack string) (workspace.Reviewed, error) {
		return workspace.Review(compiler, comparer, old, new, cmp.Or(was[stack], stack), stack)
	})
	report := review.Report{From: old.Name, To: new.Name}
	wrong, err := a.gather(new, outcomes, &report)
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

// renamed returns what stacks were called on the older side.
func (a *app) renamed(old, new workspace.Side) (map[string]string, error) {
	compiler, err := a.compilers.Take()
	if err != nil {
		return nil, err
	}
	defer a.compilers.Give(compiler)
	return workspace.Renamed(compiler, old, new)
}

// gather puts what differs in the stacks into a report, prints why others do not compile, and returns how many.
func (a *app) gather(new workspace.Side, outcomes []workspace.Outcome[workspace.Reviewed], report *review.Report) (wrong int, err error) {
	var findings []diag.Finding
	for _, o := range outcomes {
		if o.Err != nil {
			return 0, failed(fmt.Errorf("stack %s: %w", o.Stack, o.Err))
		}
		if o.Value.Review.State == review.Broken {
			wrong++
		}
		findings = append(findings, o.Value.Findings...)
		report.Stacks = append(report.Stacks, o.Value.Review)
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
