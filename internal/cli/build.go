package cli

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/workspace"
)

// outFolder is the folder below the root that holds what is generated.
const outFolder = workspace.OutFolder

// buildMemory is what a build lets garbage grow to, in bytes: of ten thousand stacks it holds no more than of a hundred.
const buildMemory = 320 << 20

func newBuildCmd(a *app) *cobra.Command {
	var check, watch, index, noCache bool
	cmd := &cobra.Command{
		Use:   "build [STACK…]",
		Short: "Compile stacks and write out/",
		Long: `build compiles every stack below stacks/, or the named ones, and writes what changed
to out/<stack>/. A stack that does not compile writes nothing; the others are built
all the same. Files that are no longer generated are removed if matrixgen wrote them.`,
		Example: `  matrixgen build
  matrixgen build home
  matrixgen build --watch   # while you edit: again at each change
  matrixgen build --check   # in CI: exit 1 if out/ is not what the stacks give
  matrixgen build --check --staged   # before a commit: the same of what is staged`,
		RunE: func(cmd *cobra.Command, names []string) error {
			if check && watch {
				return usageError("give one of them", "--check looks once and writes nothing, and --watch builds after each change")
			}
			if watch {
				return a.watch(cmd.Context(), names)
			}
			if index && !check {
				return usageError("add --check", "--staged judges what a commit would record, and writes nothing")
			}
			return a.build(cmd.Context(), names, check, index, !noCache)
		},
		ValidArgsFunction: a.completeStacks,
	}
	cmd.Flags().BoolVar(&check, "check", false, "write nothing; exit 1 if out/ is stale, edited, or holds a file that nothing generates")
	cmd.Flags().BoolVar(&watch, "watch", false, "build again whenever a file below stacks/ changes")
	cmd.Flags().BoolVar(&noCache, "no-cache", false, "build stacks also if this machine remembers that they are built and nothing changed")
	cmd.Flags().BoolVar(&index, "staged", false, "with --check, judge stacks/ and out/ as they are in the index of Git, not in the work tree")
	return cmd
}

func (a *app) build(ctx context.Context, names []string, check, index, remember bool) error {
	root, err := a.repository()
	if err != nil {
		return err
	}
	source, err := workspace.Open(ctx, root, index)
	if err != nil {
		return failed(err)
	}
	defer source.Close()
	stacks, err := workspace.Stacks(source, names)
	if err != nil {
		return failed(err)
	}
	holdGarbage(buildMemory, len(stacks))
	builder, err := a.builder(source, root, check)
	if err != nil {
		return err
	}
	if remember {
		builder.Remember()
	}
	outcomes := builder.All(ctx, stacks, a.newProgress(len(stacks)))
	summary, err := a.report(source, outcomes, check)
	if err != nil {
		return err
	}
	if len(names) == 0 && ctx.Err() == nil && summary.wrong+summary.failed == 0 {
		if err := a.printOrphans(source, stacks, check, &summary); err != nil {
			return err
		}
	}
	return a.exit(summary, check)
}

// builder returns what builds the stacks, with the settings of the work tree. If these are wrong it prints why, and nothing is written.
func (a *app) builder(source workspace.Source, root string, check bool) (*workspace.Builder, error) {
	settings := os.DirFS(root)
	builder, findings, err := workspace.NewBuilder(a.compilers, source, settings, check)
	if err == nil {
		err = a.writeText(a.Err, settings, findings)
	}
	switch {
	case err != nil:
		return nil, failed(err)
	case builder == nil:
		return nil, &exitError{code: exitUsage, message: compile.SettingsFile + " is wrong, nothing was written"}
	}
	return builder, nil
}
