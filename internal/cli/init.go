package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/git"
	"github.com/matrixgen/matrixgen/internal/release"
	"github.com/matrixgen/matrixgen/internal/secret"
	"github.com/matrixgen/matrixgen/internal/starter"
	"github.com/matrixgen/matrixgen/internal/terminal"
)

var providers = []string{"pocket-id", "generic", "none"}

func newInitCmd(a *app) *cobra.Command {
	answers := starter.Answers{}
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Begin a repository with a stack, its secrets, hooks and a workflow for its CI",
		Long: `init writes a stack for your server name, and beside it what a repository of stacks
needs: .sops.yaml and the encrypted secrets, ignore rules, hooks for pre-commit and a
workflow for the CI. What no flag says it asks. A file that exists stays as it is.

The private key for the secrets is made outside of the repository, where sops looks for
it, unless you have one.`,
		Example: `  matrixgen init
  matrixgen init chat --server-name example.org --provider none --ci gitlab`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := a.dir
			if len(args) > 0 {
				dir = a.path(args[0])
			}
			return a.initRepository(cmd.Context(), dir, answers, newQuestions(a, cmd.Flags()))
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&answers.ServerName, "server-name", "", "what stands after the colon in @user:example.org; it can never be changed")
	flags.StringVar(&answers.Provider, "provider", "", "who knows the users: pocket-id, generic or none")
	flags.StringVar(&answers.Issuer, "issuer", "", "the issuer URL of a provider that runs elsewhere")
	flags.StringVar(&answers.ClientID, "client-id", "", "the client id of MAS at that provider")
	flags.StringVar(&answers.Stack, "stack", "", "the folder below stacks/; by default the first part of the server name")
	flags.StringVar(&answers.CI, "ci", "", "where the repository is hosted: "+strings.Join(starter.CIs(), ", "))
	completeFlags(cmd, map[string]func() []string{"provider": oneOf(providers...), "ci": starter.CIs})
	return cmd
}

// initRepository writes what the folder lacks, and says what to do next.
func (a *app) initRepository(ctx context.Context, dir string, answers starter.Answers, ask *questions) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return usageError("", "%s is not a directory", dir)
	}
	if err := ask.complete(ctx, &answers, guessCI(dir)); err != nil {
		return err
	}
	first, err := answers.StackFile()
	if err != nil {
		return failed(err)
	}
	stack := path.Dir(first.Name)
	if _, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(stack))); err == nil {
		return usageError("choose another name with --stack, or edit the one that is there", "there is a stack in %s already", stack)
	}
	if err := a.tryStack(first, answers.Stack); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, secret.RulesName)); err != nil {
		if err := secret.PublishedHere(answers.ServerName); err != nil {
			return secretExit(err)
		}
	}
	if err := a.writeNew(ctx, dir, first, answers.CI); err != nil {
		return err
	}
	if err := a.firstSecrets(dir, answers.Stack); err != nil {
		return unfinished(err)
	}
	where := ""
	if dir != "." {
		where = ", in " + dir
	}
	tell(a.Err, `
next%s:
  matrixgen build           writes %s/%s/, which is committed, too
  matrixgen lint            and matrixgen secrets check: what the hooks and the CI check
  git add .
  pre-commit install        so that each commit is checked
%s/%s/README.md then says which DNS records and certificates you provide, and how to deploy.
`, where, outFolder, answers.Stack, outFolder, answers.Stack)
	return nil
}

// unfinished says how to go on where only the secrets are missing.
func unfinished(err error) error {
	var exit *exitError
	if errors.As(err, &exit) && exit.hint == "" {
		return &exitError{code: exit.code, message: exit.message, hint: "the stack is written; when that is mended, matrixgen secrets init makes its secrets"}
	}
	return err
}

// firstSecrets makes the secrets of the new stack, and before them a key and .sops.yaml if there is none.
func (a *app) firstSecrets(dir, stack string) error {
	there := *a
	there.dir = dir
	vaults, err := there.vaults([]string{stack})
	if err != nil {
		return err
	}
	return there.initSecrets(vaults[0])
}

// tryAnswers returns why a stack with these answers cannot be.
func (a *app) tryAnswers(answers starter.Answers) error {
	answers.Stack = "stack"
	file, err := answers.StackFile()
	if err != nil {
		return failed(err)
	}
	return a.tryStack(file, answers.Stack)
}

// tryStack compiles the new stack before anything is written, so that an answer that cannot be is refused as an answer.
func (a *app) tryStack(file starter.File, stack string) error {
	compiler, err := compile.New()
	if err != nil {
		return failed(err)
	}
	_, findings, err := compiler.Compile(fstest.MapFS{file.Name: {Data: file.Content}}, stack)
	if err != nil {
		return failed(err)
	}
	for _, f := range findings {
		if f.Severity == diag.Error {
			return usageError("nothing was written", "%s", f.Message)
		}
	}
	return nil
}

// writeNew writes the files that are not there, into a repository that is made if there is none: hooks and workflow at its top.
func (a *app) writeNew(ctx context.Context, dir string, stack starter.File, ci string) error {
	made, err := git.Init(ctx, dir)
	if err != nil {
		return failed(err)
	}
	if made {
		put(a.Out, "%s: a new Git repository\n", dir)
	}
	place := starter.Place{Directory: git.Prefix(ctx, dir), Branch: git.Branch(ctx, dir)}
	if current, ok := release.Current(); ok {
		place.Release = &current
	}
	around, err := place.Surroundings(ci)
	if err != nil {
		return failed(err)
	}
	top, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return failed(err)
	}
	if place.Directory != "" {
		top = filepath.Join(top, strings.Repeat("../", strings.Count(place.Directory, "/")+1))
	}
	for _, file := range append([]starter.File{stack}, around...) {
		folder := dir
		if file.AtTop {
			folder = top
		}
		if err := a.writeMissing(filepath.Join(folder, filepath.FromSlash(file.Name)), file); err != nil {
			return failed(err)
		}
	}
	return nil
}

// writeMissing writes a file unless there is one, of which it says what it lacks.
func (a *app) writeMissing(name string, file starter.File) error {
	err := writeFirst(name, file.Content)
	switch {
	case err == nil:
		put(a.Out, "%s: created\n", file.Name)
	case errors.Is(err, fs.ErrExist):
		there, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(file.Needs, func(need string) bool { return !strings.Contains(string(there), need) }) {
			put(a.Err, "%s: kept as it is; %s\n", file.Name, terminal.Ready(file.Missing))
		}
		return nil
	}
	return err
}

// guessCI returns where the repository seems to be hosted: by the folders of workflows that are there.
func guessCI(dir string) string {
	for ci, sign := range map[string]string{"forgejo": ".forgejo", "gitlab": ".gitlab-ci.yml"} {
		if _, err := os.Stat(filepath.Join(dir, sign)); err == nil {
			return ci
		}
	}
	return "github"
}
