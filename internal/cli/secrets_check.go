package cli

import (
	"context"
	"errors"
	"os/exec"
	"slices"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/secret"
	"github.com/matrixgen/matrixgen/internal/workspace"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/rules"
)

// secretRules are the rules of lint that look at the SOPS file of a stack.
var secretRules = []string{"sops-binding-missing", "sops-leaf-unencrypted"}

func newSecretsCheckCmd(a *app) *cobra.Command {
	var flags *findingFlags
	var open, index bool
	cmd := &cobra.Command{
		Use:   "check [STACK…]",
		Short: "Find what is wrong with the secrets of stacks",
		Long: `check needs no private key for what everybody can see: whether every secret is there,
encrypted, and for whom .sops.yaml says; what nothing reads; and whether Git or out/ holds
a secret in clear. With a key that opens a file it checks the values, too: formats, lengths,
kinds of keys, what can be guessed, what everybody knows, one value for two purposes.

A secret that comes from elsewhere and is not there yet is an error here: the stack cannot
be deployed without it. build and lint only warn of it, for an identity provider gives its
client secret out for a redirect URI, which a build writes.`,
		Example: `  matrixgen secrets check
  matrixgen secrets check --staged      # before a commit
  matrixgen secrets check --open home   # exit 3 if its values cannot be opened`,
		RunE: func(cmd *cobra.Command, names []string) error {
			if err := flags.check(); err != nil {
				return err
			}
			return a.checkSecrets(cmd.Context(), names, open, index, flags)
		},
		ValidArgsFunction: a.completeStacks,
	}
	flags = addFindingFlags(cmd)
	cmd.Flags().BoolVar(&open, "open", false, "fail if a file cannot be opened, instead of checking what everybody can see")
	cmd.Flags().BoolVar(&index, "staged", false, "check stacks, SOPS files, .sops.yaml and out/ as they are in the index of Git, not in the work tree")
	return cmd
}

func (a *app) checkSecrets(ctx context.Context, names []string, open, index bool, flags *findingFlags) error {
	root, err := a.repository()
	if err != nil {
		return err
	}
	source, err := workspace.Open(ctx, root, index)
	if err != nil {
		return failed(err)
	}
	defer source.Close()
	vaults, err := a.vaultsIn(source, root, names)
	if err != nil {
		return err
	}
	leaks := &secret.Leaks{Out: outFolder, Staged: source}
	if !index {
		leaks.WorkTree = source
		beside, err := a.stagedBeside(ctx, root)
		if err != nil {
			return err
		}
		defer beside.Close()
		leaks.Staged = beside.FS
	}
	var findings []diag.Finding
	for _, v := range vaults {
		found, err := a.checkVault(v, open, leaks)
		if err != nil {
			return err
		}
		findings = append(findings, found...)
	}
	leaked, err := leaks.Find()
	if err != nil {
		return failed(err)
	}
	shown := flags.shown(append(findings, leaked...))
	if err := flags.write(ctx, a, source.Folder, source, shown, false); err != nil {
		return err
	}
	if diag.Count(shown, severity(flags.failOn)) > 0 {
		return &exitError{code: exitFindings}
	}
	return nil
}

// stagedBeside returns what the next commit would hold, without files if that cannot be seen, which it says: the work tree can be checked all the
// same.
func (a *app) stagedBeside(ctx context.Context, root string) (workspace.Source, error) {
	unseen := func(why string) (workspace.Source, error) {
		tell(a.Err, "what Git would commit was not looked at: %s\n", why)
		return workspace.Source{}, nil
	}
	if _, err := exec.LookPath("git"); err != nil {
		return unseen("git is not installed")
	}
	source, err := workspace.Staged(ctx, root)
	var refusal *workspace.Refusal
	if errors.As(err, &refusal) {
		return unseen(refusal.Message)
	}
	return source, failed(err)
}

// checkVault checks the SOPS file of one stack: what everybody can see, and with a key the values.
func (a *app) checkVault(v *vault, open bool, leaks *secret.Leaks) ([]diag.Finding, error) {
	switch {
	case v.Compiled.Sealed != nil && v.Compiled.Sealed.Missing:
		return []diag.Finding{v.missing()}, nil
	case v.Secrets == nil:
		return v.Unreadable, nil
	}
	findings := v.seen()
	opened, err := v.Secrets.Open()
	var problem *secret.Error
	switch {
	case err == nil:
		leaks.Add(opened)
		return append(findings, opened.CheckValues(v.Secrets, v.Compiled)...), nil
	case !errors.As(err, &problem):
		return nil, secretExit(err)
	case problem.Input && slices.ContainsFunc(findings, func(f diag.Finding) bool { return f.Rule == secretRules[1] && f.Severity == diag.Error }):
		// What stands in clear, or has no checksum, has been said.
	case problem.Input:
		findings = append(findings, diag.Finding{Rule: secretRules[1], Severity: diag.Error, Position: diag.Position{File: v.name, Line: 1, Column: 1},
			Message: problem.Message, Hint: problem.Hint})
	case open:
		return nil, secretExit(err)
	default:
		tell(a.Err, "the values were not checked: %s\n", problem.Message)
	}
	return findings, nil
}

// missing says that the stack has no SOPS file.
func (v *vault) missing() diag.Finding {
	f := diag.Finding{Rule: secretRules[0], Severity: diag.Error, Position: diag.Position{File: v.name},
		Message: "the stack has no secrets yet: there is no such file", Hint: "make them with matrixgen secrets init " + v.Name}
	if other := secret.Misnamed(v.files, v.name); other != "" {
		f.Message, f.Hint = "there is no such file, but "+other, "SOPS chooses the format by the name: call it "+secret.FileName
	}
	return f
}

// seen returns what is wrong with the SOPS file as everybody can see it.
func (v *vault) seen() []diag.Finding {
	var chosen []lint.Rule
	for _, name := range secretRules {
		rule, _ := rules.ByName(name)
		chosen = append(chosen, rule)
	}
	findings := lint.Suppress(rules.All(), chosen, v.Lint(chosen), model.Suppressions(v.Deployment))
	for i := range findings {
		findings[i].Severity = diag.Error // what may come after a first build has to be there for a deployment
	}
	var rule *secret.Rule
	found, err := secret.FindRules(v.files, v.root, v.name)
	switch {
	case err == nil && found == nil:
		err = &secret.Error{Message: "there is no " + secret.RulesName, Hint: "write one: matrixgen secrets init does so for the first secret, and SOPS needs it to encrypt"}
	case err == nil:
		rule, err = found.Rule()
	}
	return append(findings, v.Secrets.Check(v.Compiled, rule, err)...)
}
