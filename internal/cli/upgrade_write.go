package cli

import (
	"context"
	"fmt"
	"os"
	"path"
	"slices"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/fix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/outdir"
	"github.com/matrixgen/matrixgen/internal/sensitive"
	"github.com/matrixgen/matrixgen/internal/terminal"
	"github.com/matrixgen/matrixgen/internal/upgrade"
	"github.com/matrixgen/matrixgen/internal/workspace"
)

// raised is what newer images mean for the stacks that were named.
type raised struct {
	plans       []*upgrade.Plan
	deployments []*model.Deployment
	fixes       []*diag.Fix
	// refused is the first reason why a stack cannot be written.
	refused error
}

// upgradeStacks looks at stacks, and writes the new tags if that is asked for.
func (a *app) upgradeStacks(ctx context.Context, u *workspace.Upgrader, stacks []string, f *upgradeFlags) error {
	root, err := a.repository()
	if err != nil {
		return err
	}
	r, err := a.raise(ctx, u, workspace.WorkTree(root), stacks)
	if err != nil {
		return err
	}
	if err := a.writePlans(f.format, r.plans); err != nil {
		return err
	}
	if err := forbidden(r.plans, u.Want); err != nil || !f.write {
		return err
	}
	if r.refused != nil {
		return failed(r.refused)
	}
	if err := sweep(root); err != nil {
		return failed(err)
	}
	if len(r.fixes) == 0 {
		tell(a.Err, "nothing to write: no stack writes a tag that is behind\n")
		return nil
	}
	shown := *a
	if f.format == "json" {
		shown.Out = a.Err // the report is one object
	}
	return shown.writePins(ctx, root, stacks, r, f.format)
}

// raise looks at each stack. If one does not compile, it prints why.
func (a *app) raise(ctx context.Context, u *workspace.Upgrader, files workspace.Source, stacks []string) (raised, error) {
	outcomes := workspace.Each(ctx, a.compilers, stacks, a.newProgress(len(stacks)), func(compiler *compile.Compiler, stack string) (workspace.Upgraded, error) {
		return u.Stack(compiler, files, stack)
	})
	var r raised
	var findings []diag.Finding
	wrong := 0
	for _, o := range outcomes {
		switch {
		case o.Err != nil:
			return r, failed(fmt.Errorf("stack %s: %w", o.Stack, o.Err))
		case o.Value.Plan == nil:
			wrong++
			findings = append(findings, o.Value.Findings...)
			continue
		}
		r.plans, r.deployments = append(r.plans, o.Value.Plan), append(r.deployments, o.Value.Deployment)
		if o.Value.Fix != nil {
			r.fixes = append(r.fixes, o.Value.Fix)
		}
		if r.refused == nil {
			r.refused = o.Value.Refused
		}
	}
	if err := a.writeText(a.Err, files, diag.Sort(findings)); err != nil {
		return r, err
	}
	if wrong > 0 {
		return r, &exitError{code: exitUsage, message: plural(wrong, "stack") + " wrong"}
	}
	return r, nil
}

// writePins writes the new tags, all or none of them, and shows what a build would change then.
func (a *app) writePins(ctx context.Context, root string, stacks []string, r raised, format string) error {
	compiler, err := a.compilers.Take()
	if err != nil {
		return failed(err)
	}
	defer a.compilers.Give(compiler)
	files := workspace.WorkTree(root)
	all, err := workspace.Stacks(files, nil)
	if err != nil {
		return failed(err)
	}
	changes, wrong, err := workspace.Rewrite(compiler, files, all, r.fixes)
	if err != nil {
		return failed(err)
	}
	if len(wrong) > 0 {
		if err := a.writeText(a.Err, files, wrong); err != nil {
			return err
		}
		return &exitError{code: exitUsage, message: "nothing written: with the new tags a stack does not compile"}
	}
	if err := a.replace(root, changes, sensitive.NewMasker(sensitive.Secrets(r.deployments...))); err != nil {
		return failed(err)
	}
	for _, change := range changes {
		if !slices.Contains(stacks, workspace.StackName(path.Dir(change.Name))) {
			stacks = nil // the file is above them, and others read it, too
		}
	}
	if format == "json" {
		format = "text"
	}
	return a.diff(ctx, stacks, &diffFlags{format: format})
}

// replace writes files, each at once, and prints what changes in them.
func (a *app) replace(root string, changes []fix.Change, mask sensitive.Masker) error {
	opened, err := os.OpenRoot(root)
	if err != nil {
		return err
	}
	defer opened.Close()
	for _, change := range changes {
		if err := change.Write(opened); err != nil {
			return err
		}
		shown := maskDiff(mask, outdir.Unified("a/"+change.Name, "b/"+change.Name, change.Old, change.New))
		if err := put(a.Out, "\n%s\n", terminal.Ready(terminal.Visible(shown))); err != nil {
			return err
		}
	}
	return nil
}

// sweep takes away what a run left that was killed while it wrote stacks.
func sweep(root string) error {
	opened, err := os.OpenRoot(root)
	if err != nil {
		return err
	}
	defer opened.Close()
	return fix.Sweep(opened, compile.StacksFolder)
}
