package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/secret"
	"github.com/matrixgen/matrixgen/internal/suggest"
)

// maxSecret is the longest value that is read: a private key is a fraction of it.
const maxSecret = 64 << 10

func newSecretsSetCmd(a *app) *cobra.Command {
	var from string
	var replace bool
	cmd := &cobra.Command{
		Use:   "set [STACK] SLOT",
		Short: "Store a secret that comes from elsewhere",
		Long: `set stores a value in the ` + secret.FileName + ` of a stack. It asks for it on a terminal and
shows nothing, or reads it from stdin or a file; never from the command line, where others
see it. One newline at the end is left out. The name of the stack may be left out if there
is only one.`,
		Example: `  matrixgen secrets set club smtp_password
  pass show mail/matrix | matrixgen secrets set club smtp_password
  matrixgen secrets set home synapse_signing_key --from old/example.org.signing.key`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.setSecret(args, from, replace)
		},
		ValidArgsFunction: a.completeSlots,
	}
	cmd.Flags().StringVar(&from, "from", "", "read the value from `FILE`")
	cmd.Flags().BoolVar(&replace, "replace", false, "replace a value that is there, though data is lost with it")
	return cmd
}

func (a *app) setSecret(args []string, from string, replace bool) error {
	v, slot, err := a.slot(args)
	if err != nil {
		return err
	}
	opened, err := a.open(v)
	if err != nil {
		return err
	}
	old, have := opened.Value(slot.Name)
	if have && old.Reveal() != "" && slot.Cost == "never" && !replace {
		return usageError("if nothing was encrypted with it yet, say --replace", "%s has a value, and another one would cost data: %s", slot.Name, slot.What)
	}
	given, err := a.readSecret(slot, from)
	if err != nil {
		return err
	}
	value, err := secret.Read(slot, given)
	if err != nil {
		return secretExit(err)
	}
	if have && old == value {
		tell(a.Err, "%s: %s has this value already\n", v.name, slot.Name)
		return nil
	}
	opened.Set(slot.Name, value)
	if err := a.save(v, opened); err != nil {
		return err
	}
	put(a.Out, "%s: set %s\n", v.name, slot.Name)
	return nil
}

// slot returns the stack and the slot that the arguments name: the slot last, the stack before it unless there is only one.
func (a *app) slot(args []string) (*vault, *model.Slot, error) {
	name := args[len(args)-1]
	if len(args) == 1 {
		root, err := a.repository()
		if err != nil {
			return nil, nil, err
		}
		if all, err := compile.Stacks(os.DirFS(root)); err == nil && len(all) > 1 {
			return nil, nil, usageError("the stacks are: "+strings.Join(all[:min(len(all), 10)], ", "), "name the stack, too: there are %d", len(all))
		}
	}
	vaults, err := a.vaults(args[:len(args)-1])
	if err != nil {
		return nil, nil, err
	}
	v := vaults[0]
	if slot := v.Compiled.Slot(name); slot != nil {
		return v, slot, nil
	}
	var names []string
	for _, slot := range v.Compiled.Slots {
		names = append(names, slot.Name)
	}
	hint := "its secrets are: " + strings.Join(names, ", ")
	if nearest := suggest.Nearest(name, names); nearest != "" {
		hint = fmt.Sprintf("did you mean %s?", nearest)
	}
	return nil, nil, usageError(hint, "the stack %s has no secret %q", v.Name, name)
}

// readSecret returns what the operator gives: from a file, from stdin, or on a terminal without showing it.
func (a *app) readSecret(slot *model.Slot, from string) ([]byte, error) {
	if from != "" {
		file, err := os.Open(a.path(from))
		if err != nil {
			return nil, usageError("", "read the value: %v", err)
		}
		defer file.Close()
		return limited(file)
	}
	if term.IsTerminal(int(os.Stdin.Fd())) {
		if slot.Format == "rsa" || slot.Format == "ec" {
			return nil, usageError("say --from with the file that holds it", "%s is a key of several lines", slot.Name)
		}
		tell(a.Err, "%s, %s (it is not shown): ", slot.Name, slot.What)
		given, err := term.ReadPassword(int(os.Stdin.Fd()))
		put(a.Err, "\n")
		if err != nil {
			return nil, &exitError{code: exitFailed, message: "read the value: " + err.Error()}
		}
		return given, nil
	}
	return limited(os.Stdin)
}

func limited(r io.Reader) ([]byte, error) {
	given, err := io.ReadAll(io.LimitReader(r, maxSecret+1))
	if err != nil {
		return nil, usageError("", "read the value: %v", err)
	}
	if len(given) > maxSecret {
		return nil, usageError("", "the value is longer than %d bytes: it is no secret", maxSecret)
	}
	return given, nil
}
