package cli

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/read"
	"github.com/matrixgen/matrixgen/lint"
)

// earlier returns the files that changes are judged against.
func (l *linter) earlier(ctx context.Context, folder string) (source, error) {
	from, to, symmetric := parseRange(l.against)
	if to != "" && to != "HEAD" {
		return source{}, usageError("matrixgen diff compares two revisions", "lint checks what is here against one revision: --against %s or %s...", from, from)
	}
	return earlier(ctx, folder, from, "HEAD", symmetric)
}

// changes checks what changed in a stack since the earlier side. A stack that is new there has not changed.
func (l *linter) changes(compiler *compile.Compiler, files fs.FS, old side, documents *model.Files, after *model.Deployment) ([]diag.Finding, error) {
	then, err := old.load(compiler, after.Name)
	switch {
	case err != nil:
		return nil, err
	case then.deployment == nil && len(then.findings) > 0:
		return []diag.Finding{{
			Rule: "not-linted", Severity: diag.Info, Position: diag.Position{File: path.Join(compile.StacksFolder, after.Name)},
			Message: fmt.Sprintf("the stack of %s does not compile with this matrixgen, and out/ has nothing of it: what changed since is not judged", old.name),
		}}, nil
	case then.deployment == nil:
		return nil, nil
	}
	before := then.deployment
	if before.Acknowledged, err = compile.Acknowledgements(old, after.Name); err != nil {
		return nil, err
	}
	findings, err := inStack(compiler, files, documents, lint.RunChange(l.rules, before, after))
	if err != nil {
		return nil, err
	}
	for i, f := range findings {
		for j, r := range f.Related {
			if path.Ext(r.File) != ".cue" {
				f.Related[j].File = path.Join(outFolder, after.Name, r.File) // read from what was built
			}
		}
		findings[i] = at(old.name, f)
	}
	return lint.Acknowledge(l.rules, findings, before, after), nil
}

// at says of the earlier places that a finding speaks of which revision they are of.
func at(revision string, f diag.Finding) diag.Finding {
	for i := range f.Related {
		f.Related[i].Message += ", at " + revision
	}
	return f
}

// pathChanges checks what changed in the deployments of a directory. They are the same by their name.
func (l *linter) pathChanges(ctx context.Context, folder string, deployments []*model.Deployment) ([]diag.Finding, error) {
	old, err := l.earlier(ctx, folder)
	if err != nil {
		return nil, err
	}
	defer old.close()
	then, _, err := read.Deployments(old)
	if err != nil {
		return nil, &exitError{code: exitFailed, message: err.Error()}
	}
	earlier := link.Deployments(then...)
	var findings []diag.Finding
	for _, after := range deployments {
		i := slices.IndexFunc(earlier, func(d *model.Deployment) bool { return d.Name == after.Name })
		if i < 0 || after.Guide {
			continue
		}
		changes := lint.RunChange(l.rules, earlier[i], after)
		for i := range changes {
			changes[i] = at(old.name, changes[i])
		}
		findings = append(findings, lint.Acknowledge(l.rules, changes, earlier[i], after)...)
	}
	return findings, nil
}
