package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/secret"
	"github.com/matrixgen/matrixgen/internal/starter"
	"github.com/matrixgen/matrixgen/internal/workspace"
)

func newSecretsCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "secrets",
		Short: "Make, check and store the secrets of stacks, encrypted with SOPS",
		Long: `secrets keeps the secrets of a stack in stacks/<name>/` + secret.FileName + `, each value
once, encrypted with SOPS for the recipients of .sops.yaml. The file belongs in Git;
build and lint need no private key. docs/secrets.md lists what a stack may need.`,
		Example: `  matrixgen secrets init home     # make what home lacks
  matrixgen secrets unseal home   # on the server: write out/home/secrets/`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newSecretsInitCmd(a), newSecretsCheckCmd(a), newSecretsSetCmd(a), newSecretsUnsealCmd(a), newSecretsRotateCmd(a), newSecretsExecCmd(a))
	return cmd
}

// vault is a stack with the SOPS file of its secrets.
type vault struct {
	*workspace.Stack
	root  string
	files fs.FS
	// name is the path of the SOPS file from the root.
	name string
	// first is what has to be written before the SOPS file; nil if all of it is there.
	first *secret.First
}

// vaults compiles the named stacks, or all, and reads their SOPS files. A stack that does not compile ends the command with its findings.
func (a *app) vaults(names []string) ([]*vault, error) {
	root, err := a.repository()
	if err != nil {
		return nil, err
	}
	return a.vaultsIn(os.DirFS(root), root, names)
}

// vaultsIn does so for the files of the repository as they are in the work tree or in the index.
func (a *app) vaultsIn(files fs.FS, root string, names []string) ([]*vault, error) {
	stacks, err := workspace.Stacks(files, names)
	if err != nil {
		return nil, failed(err)
	}
	compiler, err := a.compilers.Take()
	if err != nil {
		return nil, failed(err)
	}
	defer a.compilers.Give(compiler)
	var vaults []*vault
	for _, stack := range stacks {
		s, err := a.loadStack(compiler, files, stack, "stack "+stack+" does not compile")
		if err != nil {
			return nil, failed(err)
		}
		vaults = append(vaults, &vault{Stack: s, root: root, files: files, name: workspace.SecretsFile(stack)})
	}
	return vaults, nil
}

// open returns the values of the stack's SOPS file. Without one it is a new file for the recipients of .sops.yaml. Nothing is written.
func (a *app) open(v *vault) (*secret.Opened, error) {
	if len(v.Unreadable) > 0 {
		if err := a.writeText(a.Err, os.DirFS(v.root), v.Unreadable); err != nil {
			return nil, err
		}
		return nil, &exitError{code: exitUsage, message: v.name + " cannot be read, and is as it was"}
	}
	if v.Secrets != nil {
		opened, err := v.Secrets.Open()
		return opened, secretExit(err)
	}
	rule, err := a.rule(v)
	if err != nil {
		return nil, secretExit(err)
	}
	opened, err := rule.Create(v.name)
	return opened, secretExit(err)
}

// rule returns for whom a new SOPS file of the stack is encrypted. Without a .sops.yaml it plans one.
func (a *app) rule(v *vault) (*secret.Rule, error) {
	rules, err := secret.FindRules(v.files, v.root, v.name)
	if err != nil {
		return nil, err
	}
	if rules == nil {
		if v.first, err = secret.PlanFirst(v.root); err != nil {
			return nil, err
		}
		rules = v.first.RulesFile(v.name)
	}
	rule, err := rules.Rule()
	if err != nil {
		return nil, err
	}
	if rule.Published() {
		if problem := secret.PublishedProblem(v.Compiled, rules.Name); problem != nil {
			return nil, problem
		}
	}
	return rule, nil
}

// openToWrite is open for a command that is about to write the file.
func (a *app) openToWrite(v *vault) (*secret.Opened, error) {
	if err := secret.Sweep(v.path()); err != nil {
		return nil, failed(err)
	}
	return a.open(v)
}

// isNew reports whether the stack has no SOPS file yet.
func (v *vault) isNew() bool { return v.Secrets == nil && len(v.Unreadable) == 0 }

func (v *vault) noSecrets() error {
	return usageError("make them with matrixgen secrets init "+v.Name, "the stack %s has no secrets yet: there is no %s", v.Name, v.name)
}

// path returns where the SOPS file is on the disk.
func (v *vault) path() string { return filepath.Join(v.root, filepath.FromSlash(v.name)) }

// save writes the SOPS file of a stack, and what it needs first, whole or not at all.
func (a *app) save(v *vault, opened *secret.Opened) error {
	text, err := opened.Seal()
	if err != nil {
		return secretExit(err)
	}
	if v.first == nil {
		return failed(opened.Write(v.path(), text, 0o644))
	}
	files := append(firstFiles(v.first), starter.Writing{Path: v.path(), Content: text})
	if err := starter.WriteAll(v.root, nil, files); err != nil {
		return failed(fmt.Errorf("nothing was written: %w", err))
	}
	put(a.Out, "%s: made, for %s\n", secret.RulesName, v.first.Recipient)
	a.tellKey(v.first)
	v.first = nil
	return nil
}

// firstFiles returns the files that come before the first secret: the key before what is encrypted for it.
func firstFiles(first *secret.First) []starter.Writing {
	files := []starter.Writing{{Path: first.Rules, Content: first.Text}}
	if first.New {
		files = append([]starter.Writing{{Path: first.Key, Content: first.KeyFile(), Private: true}}, files...)
	}
	return files
}

// tellKey says where the private key is, and what the operator has to do with it.
func (a *app) tellKey(first *secret.First) {
	if !first.New {
		tell(a.Err, "the private key is the one in %s\n", first.Key)
		return
	}
	tell(a.Err, `a private key was made in %s
keep a copy of that file in a safe place, such as a password manager: without it nobody can open the secrets again. It never belongs in Git.
the host, if that is another machine, needs it, too: as /root/.config/sops/age/keys.txt, mode 600, where sudo matrixgen secrets unseal looks for it
`, first.Key)
}

// secretExit gives an error about secrets its exit code: what the operator wrote is wrong usage, keys and disks are failures.
func secretExit(err error) error {
	var problem *secret.Error
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &problem):
		return failed(err)
	case problem.Input:
		return &exitError{code: exitUsage, message: problem.Message, hint: problem.Hint}
	}
	return &exitError{code: exitFailed, message: problem.Message, hint: problem.Hint}
}
