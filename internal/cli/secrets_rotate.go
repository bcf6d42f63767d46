package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/secret"
)

// oldKeyLives is how long the former signing key of Synapse counts: there has to be time to deploy, and what it signs until then must be accepted.
const oldKeyLives = 24 * time.Hour

// rotation is what the command line says about one.
type rotation struct {
	yes, finish bool
	from        string
}

func newSecretsRotateCmd(a *app) *cobra.Command {
	var r rotation
	cmd := &cobra.Command{
		Use:   "rotate [STACK] SLOT",
		Short: "Replace a secret, in the order that keeps users logged in",
		Long: `rotate says what another value costs and asks, stores a new one, and says what to do on
the host. A signing key goes in an order that keeps signatures good: of MAS in two steps,
with the old key beside the new one until --finish; of Synapse with the public half of the
old key in the stack. What can never change, it refuses with the reason.`,
		Example: `  matrixgen secrets rotate home synapse_database_password
  matrixgen secrets rotate home mas_signing_key_rsa
  matrixgen secrets rotate --finish home mas_signing_key_rsa`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.rotate(cmd.Context(), args, r)
		},
		ValidArgsFunction: a.completeSlots,
	}
	cmd.Flags().BoolVar(&r.yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&r.finish, "finish", false, "end the rotation of a signing key of MAS: the old one goes")
	cmd.Flags().StringVar(&r.from, "from", "", "read a value that comes from elsewhere from `FILE`")
	return cmd
}

func (a *app) rotate(ctx context.Context, args []string, r rotation) error {
	v, slot, err := a.slot(args)
	if err != nil {
		return err
	}
	if slot.Cost == "never" {
		return usageError("if it is known to others, the data that it protects is, too: start anew, or accept it", "%s is never rotated. %s", slot.Name, slot.Rotate)
	}
	if secret.IsFormer(slot.Name) {
		return usageError("matrixgen secrets rotate --finish ends its rotation", "%s is the former value of another secret", slot.Name)
	}
	note := &sourceNote{root: v.root, stack: v.Name, name: "rotating_" + slot.Name + ".cue"}
	if r.finish {
		return a.finishRotation(v, slot, note)
	}
	if note.exists() {
		return usageError("end it with matrixgen secrets rotate --finish "+v.Name+" "+slot.Name, "%s is being rotated already: %s says so", slot.Name, note.path())
	}
	if v.isNew() {
		return v.noSecrets()
	}
	opened, err := a.openToWrite(v)
	if err != nil {
		return err
	}
	old, ok := opened.Value(slot.Name)
	if !ok || old.Reveal() == "" {
		return usageError("matrixgen secrets init or set stores one", "%s has no value yet", slot.Name)
	}
	if err := a.confirm(ctx, slot, r.yes); err != nil {
		return err
	}
	value, err := a.nextValue(ctx, slot, r.from)
	if err != nil {
		return err
	}
	if value == old {
		return usageError("", "%s has this value already", slot.Name)
	}
	text := ""
	switch {
	case secret.InTwoSteps(slot.Name):
		opened.KeepOld(slot.Name)
		text = fmt.Sprintf("secrets: rotating: %s: true\n", slot.Name)
	case slot.Format == "signing-key":
		public, err := secret.PublicHalf(old)
		if err != nil {
			return usageError("matrixgen secrets check says more", "%s: %v", v.name, err)
		}
		note.name = "old_signing_key_" + strings.TrimPrefix(public.ID, "ed25519:") + ".cue"
		text = fmt.Sprintf("// What the former signing key signed until then stays good. It is its public half.\noverride: synapse: old_signing_keys: %q: {key: %q, expired_ts: %d}\n",
			public.ID, public.Key, time.Now().Add(oldKeyLives).UnixMilli())
	}
	opened.Set(slot.Name, value)
	if err := a.save(v, opened); err != nil {
		return err
	}
	put(a.Out, "%s: rotated %s\n", v.name, slot.Name)
	if text != "" {
		if err := note.write(text); err != nil {
			return &exitError{code: exitFailed, message: err.Error(), hint: "the secrets are written; without this file, write into the stack: " + strings.TrimSpace(text)}
		}
		put(a.Out, "%s: created\n", note.path())
	}
	a.sayDeployment(v, slot, text != "")
	if secret.InTwoSteps(slot.Name) {
		put(a.Err, "when nothing that the old key signed is in use any more:\n  matrixgen secrets rotate --finish %s %s\n", v.Name, slot.Name)
	}
	return nil
}

// confirm asks the operator whether the cost is worth it.
func (a *app) confirm(ctx context.Context, slot *model.Slot, yes bool) error {
	tell(a.Err, "%s: %s.\n%s\nit costs %s\n", slot.Name, slot.What, slot.Rotate, secret.Costs(slot))
	if yes {
		return nil
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return usageError("say --yes", "there is no terminal to ask whether that is meant, and nothing was changed")
	}
	return a.agreed(ctx, "Rotate it?")
}

// agreed asks, and returns an error unless the answer is yes.
func (a *app) agreed(ctx context.Context, question string) error {
	put(a.Err, "%s [y/N] ", question)
	answer, err := typedLine(ctx)
	if err != nil {
		put(a.Err, "\n")
		return err
	}
	if answer = strings.ToLower(strings.TrimSpace(answer)); answer != "y" && answer != "yes" {
		return &exitError{code: exitUsage, message: "nothing was changed"}
	}
	return nil
}

// typedLine returns a line that somebody types. Reading cannot be interrupted, waiting can.
func typedLine(ctx context.Context) (string, error) {
	line := make(chan string, 1)
	go func() {
		text, _ := bufio.NewReader(os.Stdin).ReadString('\n')
		line <- text
	}()
	select {
	case <-ctx.Done():
		return "", &exitError{code: exitFailed, message: "interrupted", hint: "nothing was changed"}
	case text := <-line:
		return text, nil
	}
}

// nextValue makes the new value, or asks for one that comes from elsewhere.
func (a *app) nextValue(ctx context.Context, slot *model.Slot, from string) (secret.Value, error) {
	if from == "" {
		if value, ok := secret.Make(slot.Format); ok {
			return value, nil
		}
	}
	given, err := a.readSecret(ctx, slot, from)
	if err != nil {
		return secret.Value{}, err
	}
	value, err := secret.Read(slot, given)
	if err != nil {
		return secret.Value{}, secretExit(err)
	}
	if weakness := secret.Weakness(slot, value); weakness != "" {
		return secret.Value{}, usageError("make a new one where it comes from; matrixgen secrets set --force stores it all the same", "%s was not set: the value %s", slot.Name, weakness)
	}
	return value, nil
}

// finishRotation takes the old value of a signing key of MAS away.
func (a *app) finishRotation(v *vault, slot *model.Slot, note *sourceNote) error {
	if !secret.InTwoSteps(slot.Name) || !note.exists() {
		return usageError("", "%s is not being rotated: there is no %s", slot.Name, note.path())
	}
	opened, err := a.openToWrite(v)
	if err != nil {
		return err
	}
	if opened.DropOld(slot.Name) {
		if err := a.save(v, opened); err != nil {
			return err
		}
	}
	if err := os.Remove(note.file()); err != nil {
		return failed(err)
	}
	put(a.Out, "%s: the old %s is gone\n%s: removed\n", v.name, slot.Name, note.path())
	a.sayDeployment(v, slot, true)
	return nil
}

// sayDeployment says what has to be done so that the containers have the new value.
func (a *app) sayDeployment(v *vault, slot *model.Slot, build bool) {
	if v.inCluster() {
		put(a.Err, "next:\n  git commit, and deploy as out/%s/README.md says, which also says how the pods start anew\n", v.Name)
		return
	}
	file := path.Join(outFolder, v.Name, "docker-compose.yml")
	compose := "docker compose -f " + file
	if v.inEnvironment() {
		compose = "matrixgen secrets exec " + v.Name + " -- " + compose
	}
	var steps, services []string
	for _, f := range slot.Files {
		if f.Service != "" {
			services = append(services, f.Service)
		}
	}
	slices.Sort(services)
	services = slices.Compact(services)
	if build {
		steps = append(steps, "matrixgen build "+v.Name)
	}
	steps = append(steps, "git commit, and on the host:")
	if !v.inEnvironment() {
		steps = append(steps, "matrixgen secrets unseal "+v.Name)
	}
	steps = append(steps, v.recreateSteps(compose, services)...)
	put(a.Err, "next:\n")
	for _, step := range steps {
		put(a.Err, "  %s\n", step)
	}
}

// sourceNote is a file beside stack.cue that a rotation writes: files of a folder are one stack.
type sourceNote struct{ root, stack, name string }

func (n *sourceNote) path() string { return path.Join(compile.StacksFolder, n.stack, n.name) }
func (n *sourceNote) file() string { return filepath.Join(n.root, filepath.FromSlash(n.path())) }

func (n *sourceNote) exists() bool {
	_, err := os.Lstat(n.file())
	return !errors.Is(err, fs.ErrNotExist)
}

// write writes the file, with the package clause of the stack.
func (n *sourceNote) write(text string) error {
	name, err := compile.PackageName(os.DirFS(n.root), n.stack)
	if err != nil {
		return err
	}
	return writeFirst(n.file(), []byte("// Written by matrixgen secrets rotate.\npackage "+name+"\n\n"+text))
}
