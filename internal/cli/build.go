package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/emit"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/outdir"
	"github.com/matrixgen/matrixgen/internal/review"
	"github.com/matrixgen/matrixgen/internal/suggest"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/rules"
)

// outFolder is the folder below the root that holds what is generated.
const outFolder = "out"

// secretsFolder is the folder beside the generated files that Git ignores.
const secretsFolder = "secrets"

// stacksPerCompiler bounds the memory of a run over many stacks: what a compiler evaluated is freed with it.
const stacksPerCompiler = 100

func newBuildCmd(a *app) *cobra.Command {
	var check, watch, index bool
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
			if watch {
				return a.watch(cmd.Context(), names)
			}
			if index && !check {
				return usageError("add --check", "--staged judges what a commit would record, and writes nothing")
			}
			return a.build(cmd.Context(), names, check, index)
		},
		ValidArgsFunction: a.completeStacks,
	}
	cmd.Flags().BoolVar(&check, "check", false, "write nothing; exit 1 if out/ is stale, edited, or holds a file that nothing generates")
	cmd.Flags().BoolVar(&watch, "watch", false, "build again whenever a file below stacks/ changes")
	cmd.MarkFlagsMutuallyExclusive("check", "watch")
	cmd.Flags().BoolVar(&index, "staged", false, "with --check, judge stacks/ and out/ as they are in the index of Git, not in the work tree")
	return cmd
}

// built is what became of one stack.
type built struct {
	stack    string
	findings []diag.Finding
	wrong    bool // it does not compile, or a rule has an error
	project  string
	changes  []outdir.Change
	review   review.Stack // what differs, for diff
	err      error
	changed  []diag.Finding // what changed against another revision
	// deployment is what the stack describes; set by lint alone.
	deployment *model.Deployment
}

func (a *app) build(ctx context.Context, names []string, check, index bool) error {
	root, err := a.repository()
	if err != nil {
		return err
	}
	src, err := sourceOf(ctx, root, index)
	if err != nil {
		return err
	}
	defer src.close()
	stacks, err := a.selectStacks(src, names)
	if err != nil {
		return err
	}
	rules, err := a.checks(root)
	if err != nil {
		return err
	}
	results := make([]built, len(stacks))
	a.each(ctx, stacks, results, func(compiler *compile.Compiler, stack string) built {
		return buildStack(compiler, rules, src, stack, check)
	})
	warnOfSharedProjects(results)
	summary, err := a.report(src, results, check)
	if err != nil {
		return err
	}
	if len(names) == 0 && ctx.Err() == nil && summary.wrong+summary.failed == 0 {
		if err := a.printOrphans(src, stacks, check, &summary); err != nil {
			return err
		}
	}
	return a.exit(summary, check)
}

// selectStacks returns the named stacks, or all.
func (a *app) selectStacks(repository fs.FS, names []string) ([]string, error) {
	all, err := compile.Stacks(repository)
	if err != nil {
		return nil, usageError("", "%v", err)
	}
	if len(all) == 0 {
		return nil, usageError("write stacks/<name>/stack.cue with a package clause and a serverName", "no stacks found: %s holds none", compile.StacksFolder)
	}
	return selectAmong(names, all)
}

// selectAmong returns the named stacks, or all, in order.
func selectAmong(names, all []string) ([]string, error) {
	slices.Sort(all)
	all = slices.Compact(all)
	if len(names) == 0 {
		return all, nil
	}
	var selected []string
	for _, name := range names {
		name = stackName(name)
		if !slices.Contains(all, name) {
			return nil, usageError(nearestStack(name, all), "there is no stack %q", name)
		}
		if !slices.Contains(selected, name) {
			selected = append(selected, name)
		}
	}
	return selected, nil
}

// stackName returns the name of a stack that may be given as its folder: home for stacks/home/.
func stackName(arg string) string {
	return strings.TrimPrefix(path.Clean(filepath.ToSlash(arg)), compile.StacksFolder+"/")
}

func nearestStack(name string, all []string) string {
	if nearest := suggest.Nearest(name, all); nearest != "" {
		return fmt.Sprintf("did you mean %s?", nearest)
	}
	return "the stacks are: " + strings.Join(all[:min(len(all), 10)], ", ")
}

// each runs a job for every stack, on all processors, and puts the results in the order of the stacks.
func (a *app) each(ctx context.Context, stacks []string, results []built, job func(*compile.Compiler, string) built) {
	next := make(chan int)
	progress := a.newProgress(len(stacks))
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(stacks)) {
		workers.Go(func() {
			var compiler *compile.Compiler
			done := 0
			for i := range next {
				if done%stacksPerCompiler == 0 {
					fresh, err := compile.New()
					if err != nil {
						results[i] = built{stack: stacks[i], err: err}
						continue
					}
					compiler = fresh
				}
				done++
				results[i] = job(compiler, stacks[i])
				progress.step()
			}
		})
	}
	for i := range stacks {
		if ctx.Err() != nil {
			results[i] = built{stack: stacks[i], err: errInterrupted}
			continue
		}
		next <- i
	}
	close(next)
	workers.Wait()
	progress.end()
}

var errInterrupted = errors.New("interrupted before it was built; its files are the old ones")

// checks are what a stack is held against before it is written: the rules, and the suppressions of the settings.
type checks struct {
	rules   []lint.Rule
	ignores []model.Ignore
}

// checks returns all rules with the settings of the repository. Settings that are wrong say nothing, and nothing is written.
func (a *app) checks(root string) (checks, error) {
	settings, findings, err := compile.ReadSettings(os.DirFS(root))
	if err == nil {
		err = a.writeText(a.Err, os.DirFS(root), findings)
	}
	if err != nil {
		return checks{}, &exitError{code: exitFailed, message: err.Error()}
	}
	if len(findings) > 0 {
		return checks{}, &exitError{code: exitUsage, message: compile.SettingsFile + " is wrong, nothing was written"}
	}
	return checks{rules: rules.All(), ignores: settingsFor(settings, true)}, nil
}

// lint returns what the checks find in a deployment that was compiled of the files.
func (c checks) lint(compiler *compile.Compiler, files fs.FS, documents *model.Files, deployment *model.Deployment) ([]diag.Finding, error) {
	findings, err := lintStack(compiler, files, c.rules, documents, deployment)
	return lint.Suppress(rules.All(), c.rules, findings, append(model.Suppressions(deployment), c.ignores...)), err
}

// buildStack compiles and lints one stack and writes its folder, or with check only compares it.
func buildStack(compiler *compile.Compiler, rules checks, src source, stack string, check bool) built {
	result := built{stack: stack}
	documents, findings, err := compiler.Compile(src, stack)
	if err != nil || documents == nil {
		return built{stack: stack, findings: findings, wrong: true, err: err}
	}
	result.project, _ = documents.Document("docker-compose.yml").Root.Get("name").Literal()
	_, unreadable, err := bindSecrets(src, documents)
	if err != nil {
		return built{stack: stack, err: err}
	}
	deployment := link.Deployment(documents)
	found, err := rules.lint(compiler, src, documents, deployment)
	if err != nil {
		return built{stack: stack, err: err}
	}
	result.findings = append(found, unreadable...)
	if diag.Count(result.findings, diag.Error) > 0 {
		result.wrong = true
		return result
	}
	rendered, err := emit.Render(&deployment.Files)
	if err != nil {
		result.err = err
		return result
	}
	if src.root == "" {
		result.changes, result.err = judge(src, stack, outFiles(rendered))
		return result
	}
	plan, err := outdir.Compare(src.root, path.Join(outFolder, stack), outFiles(rendered))
	if err != nil {
		result.err = err
		return result
	}
	result.changes = named(plan.Changes)
	if !check {
		result.err = plan.Write()
	}
	return result
}

// judge compares what a stack gives with files that are not in a work tree. Plain secrets, which a work tree holds, have no place there.
func judge(src source, stack string, want []outdir.File) ([]outdir.Change, error) {
	folder := path.Join(outFolder, stack)
	changes, err := outdir.CompareFS(src, folder, want)
	if err != nil {
		return nil, err
	}
	changes = named(changes)
	if _, err := fs.Stat(src, path.Join(folder, secretsFolder)); err == nil {
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

// warnOfSharedProjects adds a warning to a stack that has the compose project of an earlier one. On two machines that is fine.
func warnOfSharedProjects(results []built) {
	first := map[string]string{}
	for i, result := range results {
		if result.project == "" {
			continue
		}
		other, taken := first[result.project]
		if !taken {
			first[result.project] = result.stack
			continue
		}
		results[i].findings = append(results[i].findings, diag.Finding{
			Rule: "schema", Severity: diag.Warning, Position: diag.Position{File: path.Join(compile.StacksFolder, result.stack)},
			Message: fmt.Sprintf("the compose project is %s, like that of %s/%s: on one machine, each would remove the other's containers", result.project, compile.StacksFolder, other),
			Hint:    "set name in one of the two",
		})
	}
}
