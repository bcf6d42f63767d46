package cli

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/read"
	"github.com/matrixgen/matrixgen/internal/route"
	"github.com/matrixgen/matrixgen/lint"
)

// target is what lint checks: the stacks of a repository, a directory, or a guide.
type target struct {
	// name is the folder as it was given, with slashes; "" for the stacks.
	name string
	// dir is the folder that the files of its findings are relative to.
	dir string
	// look checks the files of the folder.
	look func(files fs.FS) (looked, error)
}

// looked is what there is to say of the files of a target.
type looked struct {
	findings []diag.Finding
	// wrongStacks counts the stacks that do not compile; wrongSettings says that the settings do not. Nothing else is known then.
	wrongStacks   int
	wrongSettings bool
	// failOn is the severity that the settings make a failure, or "".
	failOn string
	// deployments are what was found, linked.
	deployments []*model.Deployment
}

// stacksTarget returns the stacks of the repository.
func (a *app) stacksTarget(ctx context.Context, rules []lint.Rule) (target, error) {
	root, err := a.repository()
	if err != nil {
		return target{}, err
	}
	stacks, err := a.selectStacks(os.DirFS(root), nil)
	if err != nil {
		return target{}, err
	}
	return target{dir: root, look: func(files fs.FS) (looked, error) { return a.lookAtStacks(ctx, root, files, stacks, rules) }}, nil
}

// lookAtStacks checks what a build of every stack would write.
func (a *app) lookAtStacks(ctx context.Context, root string, files fs.FS, stacks []string, rules []lint.Rule) (looked, error) {
	settings, findings, err := compile.ReadSettings(files)
	if err != nil || len(findings) > 0 {
		return looked{findings: findings, wrongSettings: len(findings) > 0}, err
	}
	results := make([]built, len(stacks))
	a.each(ctx, stacks, results, func(compiler *compile.Compiler, stack string) built {
		deployment, findings, err := compiler.Compile(files, stack)
		if deployment == nil {
			return built{stack: stack, findings: findings, err: err, wrong: true}
		}
		_, unreadable, err := bindSecrets(root, deployment)
		return built{stack: stack, findings: append(lintStack(rules, deployment), unreadable...), deployment: deployment, err: err}
	})
	seen := looked{failOn: settings.FailOn}
	for _, result := range results {
		if result.err != nil {
			return looked{}, fmt.Errorf("stack %s: %w", result.stack, result.err)
		}
		if result.wrong {
			seen.wrongStacks++
		}
		findings = append(findings, result.findings...)
		if result.deployment != nil {
			seen.deployments = append(seen.deployments, result.deployment)
		}
	}
	seen.findings = lint.Suppress(rules, findings, append(model.Suppressions(seen.deployments...), settingsFor(settings, seen.wrongStacks > 0)...))
	return seen, nil
}

// settingsFor returns the suppressions of the settings for a look at a part of what they speak of, or at all.
func settingsFor(settings compile.Settings, part bool) []model.Ignore {
	ignores := make([]model.Ignore, len(settings.Ignores))
	for i, ignore := range settings.Ignores {
		ignore.Shared = part
		ignores[i] = ignore
	}
	return ignores
}

// lintStack checks a compiled deployment. A finding at a value that the schema derives, and no line of the operator's, is put at the top of
// his stack, and not his to repair; a second place that is none of his is left out.
func lintStack(rules []lint.Rule, deployment *model.Deployment) []diag.Finding {
	linkStack(deployment)
	findings := lint.Run(rules, deployment)
	top := diag.Position{File: path.Join(compile.StacksFolder, deployment.Name, "stack.cue"), Line: 1, Column: 1}
	for i, f := range findings {
		if compile.Derived(f.Position) {
			findings[i].Position = top
		}
		findings[i].Related = slices.DeleteFunc(f.Related, func(r diag.Related) bool { return compile.Derived(r.Position) })
		if f.Fix != nil && compile.Derived(f.Fix.Edits[0].Position) {
			findings[i].Fix = nil
		}
	}
	return findings
}

// pathTarget returns a directory or a guide.
func (a *app) pathTarget(name string, rules []lint.Rule, flags *findingFlags) (target, error) {
	dir := a.path(name)
	lookAt := func(files fs.FS, deployments reader) (looked, error) { return lookAt(files, rules, flags, deployments) }
	info, err := os.Stat(dir)
	switch {
	case err == nil && info.Mode().IsRegular() && strings.EqualFold(filepath.Ext(dir), ".md"):
		file := filepath.Base(dir)
		return target{name: path.Dir(filepath.ToSlash(name)), dir: filepath.Dir(dir), look: func(files fs.FS) (looked, error) {
			return lookAt(files, func() ([]*model.Deployment, []diag.Finding, error) {
				text, err := fs.ReadFile(files, file)
				if err != nil {
					return nil, nil, err
				}
				return read.Markdown(file, text)
			})
		}}, nil
	case err != nil || !info.IsDir():
		return target{}, usageError("lint takes directories, and guides that end in .md", "%s is not a directory", name)
	}
	return target{name: filepath.ToSlash(name), dir: dir, look: func(files fs.FS) (looked, error) {
		return lookAt(files, func() ([]*model.Deployment, []diag.Finding, error) { return read.Deployments(files) })
	}}, nil
}

// reader returns the deployments of a folder, and what is wrong with its files.
type reader func() ([]*model.Deployment, []diag.Finding, error)

// lookAt checks the deployments that a reader finds in a folder, with the settings of the folder.
func lookAt(files fs.FS, rules []lint.Rule, flags *findingFlags, deployments reader) (looked, error) {
	settings, findings, err := compile.ReadSettings(files)
	if err != nil || len(findings) > 0 {
		return looked{findings: findings, wrongSettings: len(findings) > 0}, err
	}
	found, findings, err := deployments()
	if err != nil {
		return looked{}, err
	}
	findings = slices.DeleteFunc(findings, func(f diag.Finding) bool { return !flags.wants(f.Rule) })
	route.Link(found...)
	seen := looked{failOn: settings.FailOn, deployments: found}
	findings = append(findings, lintAll(rules, found)...)
	seen.findings = lint.Suppress(rules, findings, append(model.Suppressions(found...), settingsFor(settings, false)...))
	return seen, nil
}

// lintAll checks deployments on all processors.
func lintAll(rules []lint.Rule, deployments []*model.Deployment) []diag.Finding {
	results := make([][]diag.Finding, len(deployments))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(deployments)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(deployments)); i = next.Add(1) - 1 {
				results[i] = lint.Run(rules, deployments[i])
			}
		})
	}
	workers.Wait()
	return slices.Concat(results...)
}

// wrong says what does not compile, or is "".
func (s looked) wrong() string {
	switch {
	case s.wrongSettings:
		return compile.SettingsFile + " is wrong"
	case s.wrongStacks > 0:
		return plural(s.wrongStacks, "stack") + " wrong"
	}
	return ""
}

// broken counts what cannot be read at all: stacks, and files that do not parse.
func (s looked) broken() int {
	files := map[string]bool{}
	for _, f := range s.findings {
		if f.Rule == "syntax-error" || f.Rule == "element-json-invalid" {
			files[f.File] = true
		}
	}
	n := s.wrongStacks + len(files)
	if s.wrongSettings {
		n++
	}
	return n
}

// failing returns how many findings make lint fail.
func (s looked) failing(flags *findingFlags) int {
	failOn := flags.failOn
	if !flags.changed("fail-on") {
		failOn = cmp.Or(s.failOn, failOn)
	}
	return diag.Count(flags.shown(s.findings), severity(failOn))
}
