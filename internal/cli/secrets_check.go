package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/secret"
	"github.com/matrixgen/matrixgen/lint"
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
kinds of keys, what can be guessed, what everybody knows, one value for two purposes.`,
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
	cmd.Flags().BoolVar(&index, "staged", false, "check the stacks and their SOPS files as they are in the index of Git, not in the work tree")
	return cmd
}

func (a *app) checkSecrets(ctx context.Context, names []string, open, index bool, flags *findingFlags) error {
	root, err := a.repository()
	if err != nil {
		return err
	}
	src, err := sourceOf(ctx, root, index)
	if err != nil {
		return err
	}
	defer src.close()
	vaults, err := a.vaultsIn(src, root, names)
	if err != nil {
		return err
	}
	leaks := &secret.Leaks{Root: vaults[0].root, Out: outFolder}
	var findings []diag.Finding
	for _, v := range vaults {
		found, err := a.checkVault(v, open, leaks)
		if err != nil {
			return err
		}
		findings = append(findings, found...)
	}
	leaked, note, err := leaks.Find()
	if err != nil {
		return &exitError{code: exitFailed, message: err.Error()}
	}
	if note != "" {
		fmt.Fprintln(a.Err, note)
	}
	shown := flags.shown(append(findings, leaked...))
	if err := flags.write(a, src, shown, false); err != nil {
		return err
	}
	if diag.Count(shown, severity(flags.failOn)) > 0 {
		return &exitError{code: exitFindings}
	}
	return nil
}

// checkVault checks the SOPS file of one stack: what everybody can see, and with a key the values.
func (a *app) checkVault(v *vault, open bool, leaks *secret.Leaks) ([]diag.Finding, error) {
	if v.deployment.Sealed != nil && v.deployment.Sealed.Missing {
		f := diag.Finding{Rule: secretRules[0], Severity: diag.Error, Position: diag.Position{File: v.name},
			Message: "the stack has no secrets yet: there is no such file", Hint: "make them with matrixgen secrets init " + v.deployment.Name}
		if other := secret.Misnamed(v.root, v.name); other != "" {
			f.Message, f.Hint = "there is no such file, but "+other, "SOPS chooses the format by the name: call it "+secret.FileName
		}
		return []diag.Finding{f}, nil
	}
	if v.file == nil {
		return v.findings, nil
	}
	var rules []lint.Rule
	for _, name := range secretRules {
		rule, _ := lint.ByName(name)
		rules = append(rules, rule)
	}
	found, err := lintStack(v.compiler, v.files, rules, v.deployment)
	if err != nil {
		return nil, &exitError{code: exitFailed, message: err.Error()}
	}
	findings := lint.Suppress(rules, found, model.Suppressions(v.deployment))
	for i := range findings {
		findings[i].Severity = diag.Error // what may come after a first build has to be there for a deployment
	}
	var rule *secret.Rule
	ruleErr := error(&secret.Error{Message: "there is no " + secret.RulesName, Hint: "write one: matrixgen secrets init does so for the first secret, and SOPS needs it to encrypt"})
	if path := secret.FindRules(v.root, v.name); path != "" {
		rule, ruleErr = secret.ReadRule(path, v.root, v.name)
	}
	findings = append(findings, v.file.Check(v.deployment, rule, ruleErr)...)
	opened, err := v.file.Open()
	var problem *secret.Error
	switch {
	case err == nil:
		leaks.Add(opened)
		return append(findings, opened.CheckValues(v.file, v.deployment)...), nil
	case !errors.As(err, &problem):
		return nil, secretExit(err)
	case problem.Input && slices.ContainsFunc(findings, func(f diag.Finding) bool { return f.Rule == secretRules[1] }):
		// What stands in clear, or has no checksum, has been said.
	case problem.Input:
		findings = append(findings, diag.Finding{Rule: secretRules[1], Severity: diag.Error, Position: diag.Position{File: v.name, Line: 1, Column: 1},
			Message: problem.Message, Hint: problem.Hint})
	case open:
		return nil, secretExit(err)
	default:
		fmt.Fprintf(a.Err, "the values were not checked: %s\n", problem.Message)
	}
	return findings, nil
}
