package workspace

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"maps"
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
	"github.com/matrixgen/matrixgen/internal/outdir"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/rules"
)

// Linter checks stacks, directories and guides.
type Linter struct {
	Rules []lint.Rule
	// Wants reports whether what reading a file finds is wanted, by the name of its rule.
	Wants func(rule string) bool
	// Against is the revision since which changes are checked; the zero value is none. Index says to look at the index of Git instead of the work tree.
	Against Range
	Index   bool
	// Progress returns who is told how many of that many stacks are done.
	Progress func(total int) Progress
}

// Target is what is checked: the stacks of a repository, a directory, or a guide. Close its files after use.
type Target struct {
	// Name is the folder as it was given, with slashes; "" for the stacks.
	Name string
	// Dir is the folder that the files of its findings are relative to, and Files what it holds.
	Dir   string
	Files Source
	look  func(files fs.FS) (Seen, error)
}

// Seen is what there is to say of the files of a target.
type Seen struct {
	Findings []diag.Finding
	// WrongStacks counts the stacks that do not compile; WrongSettings says that the settings do not. Nothing else is known then.
	WrongStacks   int
	WrongSettings bool
	// FailOn is the severity that the settings make a failure, or "".
	FailOn string
	// Deployments are what was found.
	Deployments []*model.Deployment
	// Checked is what was looked at. Nothing says that none of it is of Matrix.
	Checked diag.Checked
	Nothing bool
}

// Look checks the files of the target, or what they would be with changes.
func (t Target) Look(files fs.FS) (Seen, error) { return t.look(files) }

// Stacks returns the stacks of the repository with that root.
func (l *Linter) Stacks(ctx context.Context, root string) (Target, error) {
	source, err := Open(ctx, root, l.Index)
	if err != nil {
		return Target{}, err
	}
	stacks, err := Stacks(source, nil)
	if err != nil {
		source.Close()
		return Target{}, err
	}
	look := func(files fs.FS) (Seen, error) { return l.lookAtStacks(ctx, root, files, stacks) }
	return Target{Dir: root, Files: source, look: look}, nil
}

// lookAtStacks checks what a build of every stack would write, and what changed in it.
func (l *Linter) lookAtStacks(ctx context.Context, root string, files fs.FS, stacks []string) (Seen, error) {
	settings, findings, err := compile.ReadSettings(files)
	if err != nil || len(findings) > 0 {
		return Seen{Findings: findings, WrongSettings: len(findings) > 0}, err
	}
	var old Side
	var was map[string]string
	var gone []diag.Finding
	if l.Against.From != "" {
		earlier, err := l.Against.Earlier(ctx, root)
		if err != nil {
			return Seen{}, err
		}
		defer earlier.Close()
		if old, err = NewSide(earlier, true, true); err != nil {
			return Seen{}, err
		}
		if was, gone, err = l.gone(old, Side{Source: Source{FS: files}, Written: stacks}, settings); err != nil {
			return Seen{}, err
		}
	}
	outcomes := Each(ctx, stacks, l.Progress(len(stacks)), func(compiler *compile.Compiler, stack string) (linted, error) {
		return l.stack(compiler, files, old, cmp.Or(was[stack], stack), stack)
	})
	seen := Seen{FailOn: settings.FailOn}
	var changes []diag.Finding
	var loaded []*Stack
	for _, o := range outcomes {
		if o.Err != nil {
			return Seen{}, fmt.Errorf("stack %s: %w", o.Stack, o.Err)
		}
		findings, changes = append(findings, o.Value.findings...), append(changes, o.Value.changes...)
		if o.Value.stack == nil {
			seen.WrongStacks++
		} else {
			seen.Deployments = append(seen.Deployments, o.Value.stack.Deployment)
			loaded = append(loaded, o.Value.stack)
		}
	}
	for _, here := range lintTogether(l.Rules, loaded) {
		findings = append(findings, here...)
	}
	seen.Findings = lint.Suppress(rules.All(), l.Rules, findings, append(model.Suppressions(seen.Deployments...), settingsFor(settings, seen.WrongStacks > 0)...))
	seen.Findings = slices.Concat(seen.Findings, changes, gone)
	written := 0
	for _, d := range seen.Deployments {
		written += len(d.Documents)
	}
	seen.Checked = checkedOf(written, seen.Deployments)
	return seen, nil
}

// gone returns what new stacks were called before, and what is to be said of those that are gone.
func (l *Linter) gone(old, new Side, settings compile.Settings) (was map[string]string, findings []diag.Finding, err error) {
	compiler, err := compile.New()
	if err != nil {
		return nil, nil, err
	}
	if was, err = Renamed(compiler, old, new); err != nil {
		return nil, nil, err
	}
	gone := slices.DeleteFunc(new.lacks(old.Written), func(name string) bool {
		return slices.Contains(slices.Collect(maps.Values(was)), name)
	})
	findings, err = lintGone(compiler, l.Rules, old, gone, settings.Acknowledged)
	return was, findings, err
}

// linted is what there is to say of one stack. Without the stack it does not compile.
type linted struct {
	findings, changes []diag.Finding
	stack             *Stack
}

// stack checks one stack, and what changed in it.
func (l *Linter) stack(compiler *compile.Compiler, files fs.FS, old Side, was, stack string) (linted, error) {
	s, findings, err := Load(compiler, files, stack)
	if err != nil || s == nil {
		return linted{findings: findings}, err
	}
	result := linted{findings: append(s.Lint(l.Rules), s.Unreadable...), stack: s}
	if l.Against.From != "" {
		result.changes, err = s.LintChange(l.Rules, old, was)
	}
	return result, err
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

// Path returns a directory or a guide. dir is the folder that a relative name begins at.
func (l *Linter) Path(ctx context.Context, dir, name string) (Target, error) {
	folder, guide, err := folderOf(join(dir, name), name)
	if err != nil {
		return Target{}, err
	}
	source, err := Directory(ctx, folder, l.Index)
	if err != nil {
		return Target{}, err
	}
	shown := filepath.ToSlash(name)
	if guide != "" {
		shown = path.Dir(shown)
	}
	return Target{Name: shown, Dir: folder, Files: source, look: func(files fs.FS) (Seen, error) { return l.lookAtPath(ctx, folder, guide, files) }}, nil
}

// lookAtPath checks the deployments in a folder or a guide, with the settings of the folder.
func (l *Linter) lookAtPath(ctx context.Context, folder, guide string, files fs.FS) (Seen, error) {
	settings, findings, err := compile.ReadSettings(files)
	if err != nil || len(findings) > 0 {
		return Seen{Findings: findings, WrongSettings: len(findings) > 0}, err
	}
	tree, err := readTree(files, guide)
	if err != nil {
		return Seen{}, err
	}
	findings = tree.Findings
	if !tree.Matrix {
		findings = nil // what is wrong with other programs is for others to say
	}
	findings = slices.DeleteFunc(findings, func(f diag.Finding) bool { return !l.Wants(f.Rule) })
	seen := Seen{FailOn: settings.FailOn, Deployments: link.Deployments(slices.Concat(tree.Live, tree.Aside)...)[:len(tree.Live)]}
	findings = append(findings, LintAll(l.Rules, seen.Deployments)...)
	var stacks []lint.Claimant
	for _, d := range generated(files, seen.Deployments) {
		stacks = append(stacks, lint.ClaimsOf(l.Rules, d))
	}
	for _, here := range lint.RunTogether(stacks) {
		findings = append(findings, here...)
	}
	seen.Findings = lint.Suppress(rules.All(), l.Rules, findings, append(model.Suppressions(seen.Deployments...), settingsFor(settings, false)...))
	seen.Checked, seen.Nothing = checkedOf(tree.Looked, seen.Deployments), !tree.Matrix
	if l.Against.From != "" {
		changes, err := l.pathChanges(ctx, folder, seen.Deployments)
		if err != nil {
			return Seen{}, err
		}
		seen.Findings = append(seen.Findings, changes...)
	}
	return seen, nil
}

// generated returns the deployments that stacks gave: of others it is not known that all of them run.
func generated(files fs.FS, all []*model.Deployment) []*model.Deployment {
	return slices.DeleteFunc(slices.Clone(all), func(d *model.Deployment) bool {
		_, err := fs.Stat(files, path.Join(d.Name, outdir.ManifestName))
		return err != nil
	})
}

// LintAll checks deployments on all processors.
func LintAll(rules []lint.Rule, deployments []*model.Deployment) []diag.Finding {
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
