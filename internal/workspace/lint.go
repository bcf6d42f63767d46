package workspace

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/outdir"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/rules"
)

// Linter checks stacks, directories and guides.
type Linter struct {
	Rules []lint.Rule
	// Compilers compile the stacks.
	Compilers *compile.Pool
	// Wants reports whether what reading a file finds is wanted, by the name of its rule.
	Wants func(rule string) bool
	// Against is the revision since which changes are checked; the zero value is none. Index says to look at the index of Git instead of the work tree.
	Against Range
	Index   bool
	// Keep says that the deployments of a directory are wanted, too. A large one holds more than there is memory for.
	Keep bool
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
	// Stacks is how many stacks are compiled to look at it; 0 for a directory.
	Stacks int
	look   func(files fs.FS) (Seen, error)
}

// Seen is what there is to say of the files of a target.
type Seen struct {
	Findings []diag.Finding
	// WrongStacks counts the stacks that do not compile; WrongSettings says that the settings do not. Nothing else is known then.
	WrongStacks   int
	WrongSettings bool
	// FailOn is the severity that the settings make a failure, or "".
	FailOn string
	// Deployments are what was found; none in a directory whose deployments are not to be kept.
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
	return Target{Dir: root, Files: source, Stacks: len(stacks), look: look}, nil
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
	outcomes := Each(ctx, l.Compilers, stacks, l.Progress(len(stacks)), func(compiler *compile.Compiler, stack string) (linted, error) {
		return l.stack(compiler, files, old, cmp.Or(was[stack], stack), stack)
	})
	seen := Seen{FailOn: settings.FailOn}
	var changes []diag.Finding
	var compiled []string
	var claims [][]claim
	var ignores []model.Ignore
	counts, written := newCounts(), 0
	for _, o := range outcomes {
		if o.Err != nil {
			return Seen{}, fmt.Errorf("stack %s: %w", o.Stack, o.Err)
		}
		findings, changes = append(findings, o.Value.findings...), append(changes, o.Value.changes...)
		if o.Value.counts == nil {
			seen.WrongStacks++
			continue
		}
		compiled, claims = append(compiled, o.Stack), append(claims, o.Value.claims)
		ignores = append(ignores, o.Value.ignores...)
		counts.merge(o.Value.counts)
		written += o.Value.written
		if o.Value.deployment != nil {
			seen.Deployments = append(seen.Deployments, o.Value.deployment)
		}
	}
	together, _, err := lintTogether(l.Compilers, files, l.Rules, clashing(compiled, claims))
	if err != nil {
		return Seen{}, err
	}
	for _, here := range together {
		findings = append(findings, here...)
	}
	seen.Findings = lint.Suppress(rules.All(), l.Rules, findings, append(ignores, settingsFor(settings, seen.WrongStacks > 0)...))
	seen.Findings = slices.Concat(seen.Findings, changes, gone)
	seen.Checked = counts.checked(written)
	return seen, nil
}

// gone returns what new stacks were called before, and what is to be said of those that are gone.
func (l *Linter) gone(old, new Side, settings compile.Settings) (was map[string]string, findings []diag.Finding, err error) {
	compiler, err := l.Compilers.Take()
	if err != nil {
		return nil, nil, err
	}
	defer l.Compilers.Give(compiler)
	if was, err = Renamed(compiler, old, new); err != nil {
		return nil, nil, err
	}
	gone := slices.DeleteFunc(new.lacks(old.Written), func(name string) bool {
		return slices.Contains(slices.Collect(maps.Values(was)), name)
	})
	findings, err = lintGone(compiler, l.Rules, old, gone, settings.Acknowledged)
	return was, findings, err
}

// linted is what there is to say of one stack. Without counts it does not compile.
type linted struct {
	findings, changes []diag.Finding
	claims            []claim
	ignores           []model.Ignore
	counts            *counts
	written           int               // counts its documents
	deployment        *model.Deployment // nil if it is not kept
}

// stack checks one stack, and what changed in it.
func (l *Linter) stack(compiler *compile.Compiler, files fs.FS, old Side, was, stack string) (linted, error) {
	s, findings, err := Load(compiler, files, stack)
	if err != nil || s == nil {
		return linted{findings: findings}, err
	}
	result := linted{findings: append(s.Lint(l.Rules), s.Unreadable...), claims: s.claims(), ignores: model.Suppressions(s.Deployment), counts: countsOf(s.Deployment), written: len(s.Deployment.Documents)}
	if l.Keep {
		result.deployment = s.Deployment
	}
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

// Path returns a directory, a guide, or a file that is checked on its own. dir is the folder that a relative name begins at.
func (l *Linter) Path(ctx context.Context, dir, name string) (Target, error) {
	if t, is, err := l.fileAlone(ctx, dir, name); is {
		return t, err
	}
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
	return Target{Name: shown, Dir: folder, Files: source, look: func(files fs.FS) (Seen, error) { return l.lookAtPath(ctx, looked{folder: folder, guide: guide}, files) }}, nil
}

// looked says what of a folder is looked at: all of it, or a guide.
type looked struct {
	folder, guide string
	// alone says that the files are one file, and that nothing is known of the others.
	alone bool
}

// lookAtPath checks the deployments in a folder or a guide, with the settings of the folder.
func (l *Linter) lookAtPath(ctx context.Context, at looked, files fs.FS) (Seen, error) {
	settings, findings, err := compile.ReadSettings(files)
	if err != nil || len(findings) > 0 {
		return Seen{Findings: findings, WrongSettings: len(findings) > 0}, err
	}
	deployments, tellRest, err := linkPath(files, at.guide)
	if err != nil {
		return Seen{}, err
	}
	if at.alone {
		deployments = missingNothing(deployments)
	}
	seen := Seen{FailOn: settings.FailOn}
	ignores := settingsFor(settings, false)
	counts := newCounts()
	var stacks []lint.Claimant
	claimsOf := func(d *model.Deployment) lint.Claimant {
		if isGenerated(files, d.Name) {
			return lint.ClaimsOf(l.Rules, d)
		}
		return lint.Claimant{Name: d.Name}
	}
	for _, one := range l.each(counts.counting(deployments), claimsOf) {
		findings, ignores = append(findings, one.findings...), append(ignores, one.ignores...)
		if one.deployment != nil {
			seen.Deployments = append(seen.Deployments, one.deployment)
		}
		stacks = append(stacks, one.claims)
	}
	rest := tellRest()
	findings = append(slices.DeleteFunc(rest.findings, func(f diag.Finding) bool { return !l.Wants(f.Rule) }), findings...)
	for _, here := range lint.RunTogether(stacks) {
		findings = append(findings, here...)
	}
	seen.Findings = lint.Suppress(rules.All(), l.Rules, findings, ignores)
	seen.Checked, seen.Nothing = counts.checked(rest.files), !rest.hasMatrix
	if l.Against.From != "" {
		changes, err := l.pathChanges(ctx, at.folder, seen.Deployments)
		if err != nil {
			return Seen{}, err
		}
		seen.Findings = append(seen.Findings, changes...)
	}
	return seen, nil
}

// isGenerated reports whether a stack gave a deployment: of others it is not known that all of them run.
func isGenerated(files fs.FS, deployment string) bool {
	_, err := fs.Stat(files, path.Join(deployment, outdir.ManifestName))
	return err == nil
}

// checked is what there is to say of one deployment of a directory.
type checked struct {
	findings   []diag.Finding
	ignores    []model.Ignore
	claims     lint.Claimant
	deployment *model.Deployment // nil if it is not kept
}

// each checks deployments on all processors as they come, and returns what there is to say of each, by name. Of those that are not kept no more are
// held than are checked at a time.
func (l *Linter) each(deployments iter.Seq[*model.Deployment], claimsOf func(*model.Deployment) lint.Claimant) []*checked {
	type job struct {
		d      *model.Deployment
		result *checked
	}
	jobs := make(chan job)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for job := range jobs {
				job.result.findings = lint.Run(l.Rules, job.d)
				for i := range job.result.findings {
					job.result.findings[i].Deployment = job.d.Name
				}
			}
		})
	}
	var all []*checked
	for d := range deployments {
		result := &checked{ignores: model.Suppressions(d), claims: claimsOf(d)}
		if l.Keep || l.Against.From != "" {
			result.deployment = d
		}
		all = append(all, result)
		jobs <- job{d, result}
	}
	close(jobs)
	workers.Wait()
	slices.SortStableFunc(all, func(a, b *checked) int { return strings.Compare(a.claims.Name, b.claims.Name) })
	return all
}

// LintAll checks deployments on all processors.
func LintAll(rules []lint.Rule, deployments []*model.Deployment) []diag.Finding {
	var findings []diag.Finding
	none := func(d *model.Deployment) lint.Claimant { return lint.Claimant{Name: d.Name} }
	for _, one := range (&Linter{Rules: rules}).each(slices.Values(deployments), none) {
		findings = append(findings, one.findings...)
	}
	return findings
}
