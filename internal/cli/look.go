package cli

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/rules"
)

// target is what lint checks: the stacks of a repository, a directory, or a guide.
type target struct {
	// name is the folder as it was given, with slashes; "" for the stacks.
	name string
	// dir is the folder that the files of its findings are relative to, and files what it holds.
	dir   string
	files source
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

func (t target) close() { t.files.close() }

// stacksTarget returns the stacks of the repository.
func (l *linter) stacksTarget(ctx context.Context) (target, error) {
	root, err := l.repository()
	if err != nil {
		return target{}, err
	}
	src, err := sourceOf(ctx, root, l.index)
	if err != nil {
		return target{}, err
	}
	stacks, err := l.selectStacks(src, nil)
	if err != nil {
		src.close()
		return target{}, err
	}
	look := func(files fs.FS) (looked, error) { return l.lookAtStacks(ctx, root, files, stacks) }
	return target{dir: root, files: src, look: look}, nil
}

// lookAtStacks checks what a build of every stack would write, and what changed in it.
func (l *linter) lookAtStacks(ctx context.Context, root string, files fs.FS, stacks []string) (looked, error) {
	settings, findings, err := compile.ReadSettings(files)
	if err != nil || len(findings) > 0 {
		return looked{findings: findings, wrongSettings: len(findings) > 0}, err
	}
	var old side
	if l.against != "" {
		earlier, err := l.earlier(ctx, root)
		if err != nil {
			return looked{}, err
		}
		defer earlier.close()
		if old, err = newSide(earlier, true, true); err != nil {
			return looked{}, err
		}
	}
	results := make([]built, len(stacks))
	l.each(ctx, stacks, results, func(compiler *compile.Compiler, stack string) built {
		return l.stack(compiler, files, old, stack)
	})
	seen := looked{failOn: settings.FailOn}
	var changes []diag.Finding
	for _, result := range results {
		if result.err != nil {
			return looked{}, fmt.Errorf("stack %s: %w", result.stack, result.err)
		}
		if result.wrong {
			seen.wrongStacks++
		}
		findings, changes = append(findings, result.findings...), append(changes, result.changed...)
		if result.deployment != nil {
			seen.deployments = append(seen.deployments, result.deployment)
		}
	}
	seen.findings = lint.Suppress(rules.All(), l.rules, findings, append(model.Suppressions(seen.deployments...), settingsFor(settings, seen.wrongStacks > 0)...))
	seen.findings = append(seen.findings, changes...)
	return seen, nil
}

// stack checks one stack, and what changed in it.
func (l *linter) stack(compiler *compile.Compiler, files fs.FS, old side, stack string) built {
	documents, findings, err := compiler.Compile(files, stack)
	if documents == nil {
		return built{stack: stack, findings: findings, err: err, wrong: true}
	}
	_, unreadable, err := bindSecrets(files, documents)
	if err != nil {
		return built{stack: stack, err: err}
	}
	deployment := link.Deployment(documents)
	found, err := lintStack(compiler, files, l.rules, documents, deployment)
	if err != nil {
		return built{stack: stack, err: err}
	}
	result := built{stack: stack, findings: append(found, unreadable...), deployment: deployment}
	if l.against != "" {
		result.changed, result.err = l.changes(compiler, files, old, documents, deployment)
	}
	return result
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

// pathTarget returns a directory or a guide.
func (l *linter) pathTarget(ctx context.Context, name string) (target, error) {
	folder, guide, err := l.folder(name)
	if err != nil {
		return target{}, err
	}
	src, err := folderSource(ctx, folder, l.index)
	if err != nil {
		return target{}, err
	}
	shown := filepath.ToSlash(name)
	if guide != "" {
		shown = path.Dir(shown)
	}
	return target{name: shown, dir: folder, files: src, look: func(files fs.FS) (looked, error) { return l.lookAtPath(ctx, folder, guide, files) }}, nil
}

// lookAtPath checks the deployments in a folder or a guide, with the settings of the folder.
func (l *linter) lookAtPath(ctx context.Context, folder, guide string, files fs.FS) (looked, error) {
	settings, findings, err := compile.ReadSettings(files)
	if err != nil || len(findings) > 0 {
		return looked{findings: findings, wrongSettings: len(findings) > 0}, err
	}
	documents, findings, err := readSource(files, guide)
	if err != nil {
		return looked{}, err
	}
	findings = slices.DeleteFunc(findings, func(f diag.Finding) bool { return !l.flags.wants(f.Rule) })
	found := link.Deployments(documents...)
	seen := looked{failOn: settings.FailOn, deployments: found}
	findings = append(findings, lintAll(l.rules, found)...)
	seen.findings = lint.Suppress(rules.All(), l.rules, findings, append(model.Suppressions(found...), settingsFor(settings, false)...))
	if l.against != "" {
		changes, err := l.pathChanges(ctx, folder, found)
		if err != nil {
			return looked{}, err
		}
		seen.findings = append(seen.findings, changes...)
	}
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
