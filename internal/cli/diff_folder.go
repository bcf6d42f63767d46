package cli

import (
	"cmp"
	"context"
	"os"
	"path/filepath"

	"github.com/matrixgen/matrixgen/internal/adopt"
	"github.com/matrixgen/matrixgen/internal/change"
	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/review"
	"github.com/matrixgen/matrixgen/internal/workspace"
)

// folderOf returns the folder that diff compares a stack with, if the first of two names is one and no stack.
func (a *app) folderOf(root string, names []string) string {
	if len(names) != 2 {
		return ""
	}
	if _, err := os.Stat(filepath.Join(root, compile.StacksFolder, filepath.FromSlash(names[0]))); err == nil {
		return ""
	}
	if info, err := os.Stat(a.path(names[0])); err != nil || !info.IsDir() {
		return ""
	}
	return a.path(names[0])
}

// diffFolder shows what differs between a folder that others wrote and a stack.
func (a *app) diffFolder(ctx context.Context, root, folder string, names []string, f *diffFlags) error {
	if f.against != "" || f.staged {
		return usageError("leave out --against and --staged", "%s is compared with the stack as it is in the work tree", names[0])
	}
	at, err := filepath.Abs(folder)
	if err != nil {
		return failed(err)
	}
	stacks, err := workspace.Stacks(os.DirFS(root), names[1:])
	if err != nil {
		return failed(err)
	}
	compiler, err := a.compilers.Take()
	if err != nil {
		return failed(err)
	}
	defer a.compilers.Give(compiler)
	stack, err := a.loadStack(compiler, os.DirFS(root), stacks[0], "stack "+stacks[0]+" does not compile")
	if err != nil {
		return failed(err)
	}
	comparer, err := change.NewComparer()
	if err != nil {
		return failed(err)
	}
	adoption := workspace.Adoption{Dir: names[0], At: at, Stack: stacks[0], Answers: adopt.Answers{Folder: cmp.Or(f.folder, at), Shown: names[0]}}
	if !workspace.SaysProject(at) { // then it was told to adopt, and the stack says it
		adoption.Project = stack.Project()
	}
	shown, findings, err := workspace.ReviewFolder(ctx, adoption, comparer, stack)
	if err != nil {
		return failed(err)
	}
	if len(findings) > 0 {
		if err := a.writeText(a.Err, os.DirFS(at), findings); err != nil {
			return err
		}
		return usageError("", "%s cannot be read", names[0])
	}
	report := review.Report{From: names[0], To: "the stack " + stacks[0], Stacks: []review.Stack{shown}}
	if err := a.writeReport(f.format, report); err != nil {
		return err
	}
	switch {
	case !report.Differs():
		tell(a.Err, "1 stack, nothing differs\n")
	case f.exitCode:
		return &exitError{code: exitFindings}
	}
	return nil
}
