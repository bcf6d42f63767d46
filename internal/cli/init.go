package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/git"
	"github.com/matrixgen/matrixgen/internal/starter"
)

// providers are the kinds of the language, and "none" for passwords alone.
var providers = []string{"pocket-id", "keycloak", "authentik", "authelia", "kanidm", "zitadel", "google", "entra", "apple", "github", "gitlab", "discord", "generic", "none"}

// initFlags say how much init asks and does.
type initFlags struct{ yes, dryRun bool }

func newInitCmd(a *app) *cobra.Command {
	answers, how := starter.Answers{}, initFlags{}
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Begin a repository with a stack, its secrets, hooks and a workflow for its CI",
		Long: `init writes a stack for your server name, and beside it what a repository of stacks
needs: .sops.yaml and the encrypted secrets, ignore rules, hooks for pre-commit and a
workflow for the CI. What no flag says it asks. It shows what it is about to write, and
writes all of it or nothing. A file that exists stays as it is. If there is a stack of the
server name, init writes what the repository lacks; so it can be run again.

Secrets are encrypted, and a private key opens them. It is the one that sops finds, or a new
one outside of the repository, where sops looks for it. Keep a copy of it.`,
		Example: `  matrixgen init
  matrixgen init chat --server-name example.org --provider none --ci gitlab
  matrixgen init --dry-run --server-name example.org`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := a.dir
			if len(args) > 0 {
				dir = a.path(args[0])
			}
			return a.initRepository(cmd.Context(), dir, answers, how, newQuestions(a, cmd.Flags()))
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&answers.ServerName, "server-name", "", "what stands after the colon in @user:example.org; it can never be changed")
	flags.StringVar(&answers.Provider, "provider", "", "who signs people in: "+strings.Join(providers, ", "))
	flags.StringVar(&answers.Issuer, "issuer", "", "the issuer URL of a provider that runs elsewhere")
	flags.StringVar(&answers.ClientID, "client-id", "", "the client id of MAS at that provider")
	flags.StringVar(&answers.TeamID, "team-id", "", "the team at Apple, with --provider apple")
	flags.StringVar(&answers.KeyID, "key-id", "", "the key at Apple, with --provider apple")
	flags.StringVar(&answers.Stack, "stack", "", "the folder below stacks/; by default the first part of the server name")
	flags.StringVar(&answers.CI, "ci", "", "where the repository is hosted: "+strings.Join(starter.CIs(), ", "))
	flags.BoolVar(&answers.Renovate, "renovate", false, "write a preset, too, with which Renovate raises the images that the stacks pin")
	flags.BoolVar(&how.yes, "yes", false, "write without asking whether to")
	flags.BoolVar(&how.dryRun, "dry-run", false, "print what would be written, and write nothing")
	completeFlags(cmd, map[string]func() []string{"provider": oneOf(providers...), "ci": starter.CIs})
	return cmd
}

// initRepository plans what the folder lacks, shows it, and writes it if nobody objects.
func (a *app) initRepository(ctx context.Context, dir string, answers starter.Answers, how initFlags, ask *questions) error {
	b, err := a.locate(ctx, dir)
	if err != nil {
		return err
	}
	a.tellServers(b.root)
	ask.known = b.stackOf
	if err := ask.complete(ctx, &answers, guessCI(b.place.Top)); err != nil {
		return err
	}
	if err := a.plan(b, answers); err != nil {
		return unwritten(err)
	}
	a.show(b)
	if how.dryRun {
		return nil
	}
	if b.empty() {
		tell(a.Err, "nothing was written: every file is there\n")
		return failed(starter.WriteAll(b.root, nil, nil)) // which takes away what a killed run left
	}
	if !how.yes {
		if err := ask.confirm(ctx); err != nil {
			return err
		}
	}
	begin := func() (func(), error) { return func() {}, nil }
	if b.place.New {
		begin = func() (func(), error) {
			return func() { _ = os.RemoveAll(filepath.Join(b.root, ".git")) }, git.Init(ctx, b.root)
		}
	}
	if err := starter.WriteAll(b.root, begin, b.writings()); err != nil {
		return &exitError{code: exitFailed, message: "nothing was written: " + err.Error()}
	}
	a.tellDone(b, dir)
	return nil
}

// tellDone says in a line what became, and once what the operator has to do with the key.
func (a *app) tellDone(b *beginning, dir string) {
	in := ""
	if dir != "." {
		in = " -C " + dir
	}
	tell(a.Err, "written; next: matrixgen%s build, which writes %s/%s/ and in its README.md how to deploy\n", in, outFolder, b.stack)
	if b.vault.first != nil {
		a.tellKey(b.vault.first)
	}
	a.tellGiven(b.vault, b.given)
}
