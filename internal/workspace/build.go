package workspace

import (
	"cmp"
	"context"
	"io/fs"
	"os"
	"path"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/outdir"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/rules"
)

// secretsFolder is the folder beside the generated files that Git ignores.
const secretsFolder = "secrets"

// Builder builds stacks of a source into out/ beside it.
type Builder struct {
	Source Source
	// Rules are what a stack is held against before it is written, and Ignores the suppressions of the settings.
	Rules   []lint.Rule
	Ignores []model.Ignore
	// Check says to write nothing. So it is if the source is not a work tree.
	Check bool

	compilers *compile.Pool
	cache     *cache
	parked    string // the folder where plans wait; "" if they wait in memory
}

// Built is what became of one stack.
type Built struct {
	Findings []diag.Finding
	// Wrong says that the stack does not compile, or that a rule has an error. Nothing is written then.
	Wrong bool
	// Changes are the files of out/ that differ, without their contents.
	Changes []outdir.Change

	claims []claim
	plan   *outdir.Plan // what is to be written
}

// NewBuilder returns a builder with all rules and the settings of the repository. With findings the settings are wrong, and there is none.
func NewBuilder(compilers *compile.Pool, source Source, settings fs.FS, check bool) (*Builder, []diag.Finding, error) {
	read, findings, err := compile.ReadSettings(settings)
	if err != nil || len(findings) > 0 {
		return nil, findings, err
	}
	return &Builder{compilers: compilers, Source: source, Rules: rules.All(), Ignores: settingsFor(read, true), Check: check}, nil, nil
}

// Remember makes the builder pass over stacks that it built before, if neither what they are made of nor what stands in out/ changed since.
// A folder for that which is missing or cannot be written changes nothing but the time.
func (b *Builder) Remember() {
	if b.Source.Root != "" {
		b.cache = openCache(digestAt(b.Source, compile.SettingsFile))
	}
}

// All builds stacks, and returns the outcomes in their order. All are compiled before the first is written: two may claim the same.
func (b *Builder) All(ctx context.Context, stacks []string, progress Progress) []Outcome[Built] {
	outcomes := make([]Outcome[Built], len(stacks))
	var changed []string
	var places []int
	for i, stack := range stacks {
		built, unchanged := b.cache.unchanged(b.Source, stack)
		if !unchanged {
			changed, places = append(changed, stack), append(places, i)
			continue
		}
		outcomes[i] = Outcome[Built]{Stack: stack, Value: built}
		progress.Step()
	}
	b.parked = ""
	if len(changed) > plansInMemory {
		if folder, err := os.MkdirTemp("", "matrixgen-build-"); err == nil {
			defer os.RemoveAll(folder)
			b.parked = folder
		}
	}
	for i, outcome := range Each(ctx, b.compilers, changed, progress, b.prepare) {
		outcomes[places[i]] = outcome
	}
	if err := b.addClashes(outcomes); err != nil {
		return failAll(outcomes, err)
	}
	for i, o := range outcomes {
		if o.Err == nil && !o.Value.Wrong && o.Value.plan != nil && !b.Check {
			outcomes[i].Err = o.Value.plan.Write()
		}
		outcomes[i].Value.plan = nil
	}
	return outcomes
}

// plansInMemory is of how many stacks the files are held until all are compiled.
const plansInMemory = 100

// failAll makes an error that of every stack.
func failAll(outcomes []Outcome[Built], err error) []Outcome[Built] {
	for i := range outcomes {
		outcomes[i].Err = cmp.Or(outcomes[i].Err, err)
	}
	return outcomes
}

// prepare compiles and lints one stack, and compares its folder with what it gives.
func (b *Builder) prepare(compiler *compile.Compiler, stack string) (Built, error) {
	folder := path.Join(OutFolder, stack)
	var files fs.FS = b.Source
	remembered := entry{}
	if b.cache != nil {
		read := newRecorder(b.Source)
		files, remembered = read, entry{Read: read.read, Out: digestBelow(b.Source, folder)}
	}
	s, findings, err := Load(compiler, files, stack)
	if err != nil || s == nil {
		return Built{Findings: findings, Wrong: true}, err
	}
	built := Built{claims: s.claims()}
	found := lint.Suppress(b.Rules, alone(b.Rules), s.Lint(b.Rules), append(model.Suppressions(s.Deployment), b.Ignores...))
	built.Findings = append(found, s.Unreadable...)
	if diag.Count(built.Findings, diag.Error) > 0 {
		built.Wrong = true
		return built, nil
	}
	rendered, err := s.Render()
	if err != nil {
		return built, err
	}
	if b.Source.Root == "" {
		built.Changes, err = b.judge(stack, rendered)
		return built, err
	}
	plan, err := outdir.Compare(b.Source.Root, folder, rendered)
	if err != nil {
		return built, err
	}
	built.Changes = named(plan.Changes)
	if len(built.Changes) == 0 {
		remembered.Claims, remembered.Findings = built.claims, built.Findings
		b.cache.remember(b.Source, stack, remembered)
	}
	if b.Check || len(built.Changes) == 0 {
		return built, nil
	}
	if b.parked != "" {
		_ = plan.Park(b.parked) // where there is no room, it stays in memory
	}
	built.plan = plan
	return built, nil
}

// judge compares what a stack gives with files that are not in a work tree. Plain secrets, which a work tree holds, have no place there.
func (b *Builder) judge(stack string, want []outdir.File) ([]outdir.Change, error) {
	folder := path.Join(OutFolder, stack)
	changes, err := outdir.CompareFS(b.Source, folder, want)
	if err != nil {
		return nil, err
	}
	changes = named(changes)
	if _, err := fs.Stat(b.Source, path.Join(folder, secretsFolder)); err == nil {
		changes = append(changes, outdir.Change{Name: secretsFolder, Kind: outdir.Extra, Why: "the plain secrets of the stack would be in the repository for ever: git rm -r --cached it, and make new ones if it was pushed"})
	}
	return changes, nil
}

// named returns the changes without the contents of the files.
func named(changes []outdir.Change) []outdir.Change {
	short := make([]outdir.Change, len(changes))
	for i, c := range changes {
		short[i] = outdir.Change{Name: c.Name, Kind: c.Kind, Why: c.Why}
	}
	return short
}
