package cli

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/secret"
)

func newSecretsExecCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "exec [STACK] -- COMMAND [ARGUMENT…]",
		Short: "Run docker compose with the secrets in its environment",
		Long: `exec is for a stack that says secrets: from: "environment": its secrets never touch the
disk of the host. It opens them, and runs the command with each in a variable, which
compose copies into the containers. The command's exit code is that of exec.`,
		Example: `  matrixgen secrets exec home -- docker compose -f out/home/docker-compose.yml up -d`,
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dash := cmd.ArgsLenAtDash()
			if dash < 0 || dash > 1 || dash == len(args) {
				return usageError("matrixgen secrets exec STACK -- docker compose …", "exec takes a stack, --, and a command")
			}
			return a.execWithSecrets(args[:dash], args[dash:])
		},
		ValidArgsFunction: a.completeStacks,
	}
}

func (a *app) execWithSecrets(names, command []string) error {
	vaults, err := a.vaults(names)
	if err != nil {
		return err
	}
	if len(vaults) > 1 {
		return usageError("matrixgen secrets exec STACK -- …", "name the stack: there are %d", len(vaults))
	}
	v := vaults[0]
	if v.inCluster() {
		return v.refuseInCluster()
	}
	if !v.inEnvironment() {
		return usageError(`write secrets: from: "environment" into the stack, or use matrixgen secrets unseal`, "the stack %s has its secrets in files: compose would not read the environment", v.Name)
	}
	plains, err := a.plains(v)
	if err != nil {
		return err
	}
	child := exec.Command(command[0], command[1:]...)
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, a.Out, a.Err
	// The key that opens the secrets is not for the child.
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "SOPS_") {
			child.Env = append(child.Env, variable)
		}
	}
	child.Env = append(child.Env, secret.Environment(v.keep(plains, "environment"))...)
	err = child.Run()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return &exitError{code: max(exit.ExitCode(), 1)}
	case err != nil:
		return &exitError{code: exitFailed, message: "run " + command[0] + ": " + errors.Unwrap(err).Error()}
	}
	return nil
}

// inCluster reports whether no Compose runs the stack.
func (v *vault) inCluster() bool { return v.Compiled.InCluster() }

func (v *vault) refuseInCluster() error {
	return usageError(fmt.Sprintf("out/%s/README.md says how the cluster gets them", v.Name), "the stack %s runs in a cluster, and its secrets are nothing for this machine", v.Name)
}

// source returns how compose gets a secret: "file" or "environment".
func (v *vault) source(name string) string {
	if v.Compiled.Root("docker-compose.yml").At("secrets", name, "environment") != nil {
		return "environment"
	}
	return "file"
}

// keep returns the files that compose gets in that way.
func (v *vault) keep(plains []secret.Plain, source string) []secret.Plain {
	var kept []secret.Plain
	for _, plain := range plains {
		if v.source(plain.File.Name) == source {
			kept = append(kept, plain)
		}
	}
	return kept
}

// inEnvironment reports whether compose gets the secrets of the stack by its environment.
func (v *vault) inEnvironment() bool {
	for _, slot := range v.Compiled.Slots {
		if !slot.Own && len(slot.Files) > 0 {
			return v.source(slot.Files[0].Name) == "environment"
		}
	}
	return false
}
