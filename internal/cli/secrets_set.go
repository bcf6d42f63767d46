package cli

import (
	"context"
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
	var replace, force bool
	cmd := &cobra.Command{
		Use:   "set [STACK] SLOT",
		Short: "Store a secret that comes from elsewhere",
		Long: `set stores a value in the ` + secret.FileName + ` of a stack. It asks for it on a terminal and
shows nothing, or reads it from stdin or a file; never from the command line, where others
see it. One newline at the end is left out. The name of the stack may be left out if there
is only one. What everybody knows, or can guess, is refused, unless --force says that it
cannot be helped.`,
		Example: `  matrixgen secrets set club smtp_password
  pass show mail/matrix | matrixgen secrets set club smtp_password
  matrixgen secrets set home synapse_signing_key --from old/example.org.signing.key`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.setSecret(cmd.Context(), args, from, replace, force)
		},
		ValidArgsFunction: a.completeSlots,
	}
	cmd.Flags().StringVar(&from, "from", "", "read the value from `FILE`")
	cmd.Flags().BoolVar(&replace, "replace", false, "replace a value that is there, though data is lost with it")
	cmd.Flags().BoolVar(&force, "force", false, "store a value though others know it or can guess it")
	return cmd
}

func (a *app) setSecret(ctx context.Context, args []string, from string, replace, force bool) error {
	v, slot, err := a.slot(args)
	if err != nil {
		return err
	}
	opened, err := a.openToWrite(v)
	if err != nil {
		return err
	}
	old, have := opened.Value(slot.Name)
	if have && old.Reveal() != "" && slot.Cost == "never" && !replace {
		return usageError("if nothing was encrypted with it yet, say --replace", "%s has a value, and another one would cost data: %s", slot.Name, slot.What)
	}
	given, err := a.readSecret(ctx, slot, from)
	if err != nil {
		return err
	}
	value, err := secret.Read(slot, given)
	if err != nil {
		return secretExit(err)
	}
	if weakness := secret.Weakness(slot, value); weakness != "" && !force {
		return usageError("make a new one where it comes from; if that cannot be helped, say --force", "%s was not set: the value %s", slot.Name, weakness)
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
	if nearest := suggest.Nearest(name, names); nearest != "" {
		return nil, nil, usageError(fmt.Sprintf("did you mean %s?", nearest), "the stack %s has no secret %q", v.Name, name)
	}
	// What is like no name may be a value, and is not repeated.
	return nil, nil, usageError("its secrets are: "+strings.Join(names, ", ")+"; a value is never written on the command line", "the stack %s has no secret of that name", v.Name)
}

// readSecret returns what the operator gives: from a file, from stdin, or on a terminal without showing it.
func (a *app) readSecret(ctx context.Context, slot *model.Slot, from string) ([]byte, error) {
	if from != "" {
		file, err := os.Open(a.path(from))
		if err != nil {
			return nil, usageError("", "read the value: %v", err)
		}
		defer file.Close()
		return limited(file)
	}
	if term.IsTerminal(int(os.Stdin.Fd())) {
		if slot.IsKey() {
			return nil, usageError("say --from with the file that holds it", "%s is a key of several lines", slot.Name)
		}
		tell(a.Err, "%s, %s (it is not shown): ", slot.Name, slot.What)
		return a.readHidden(ctx)
	}
	return limited(os.Stdin)
}

// readHidden returns what somebody types without seeing it. Reading cannot be interrupted: who presses Ctrl-C is not kept waiting, and what he types
// next is no secret, and shows.
func (a *app) readHidden(ctx context.Context) ([]byte, error) {
	stdin := int(os.Stdin.Fd())
	before, err := term.GetState(stdin)
	if err != nil {
		return nil, &exitError{code: exitFailed, message: "read the value: " + err.Error()}
	}
	type typed struct {
		text []byte
		err  error
	}
	done := make(chan typed, 1)
	go func() {
		text, err := term.ReadPassword(stdin)
		done <- typed{text, err}
	}()
	defer put(a.Err, "\n")
	select {
	case <-ctx.Done():
		_ = term.Restore(stdin, before)
		return nil, &exitError{code: exitFailed, message: "interrupted", hint: "nothing was changed"}
	case given := <-done:
		if given.err != nil {
			return nil, &exitError{code: exitFailed, message: "read the value: " + given.err.Error()}
		}
		return given.text, nil
	}
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
