package cli

import (
	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/secret"
)

func newSecretsInitCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "init [STACK…]",
		Short: "Make the secrets that stacks lack",
		Long: `init makes every secret that a stack needs and its ` + secret.FileName + ` does not have, at
random and in the format that its readers want. A value that is there never changes.
What comes from elsewhere, such as the password at a mail server, is listed at the end.

Without a .sops.yaml it writes one for your age key, and makes that key if you have none,
where sops looks for it: outside of the repository. Keep a copy of it.`,
		Example: `  matrixgen secrets init
  matrixgen secrets init home`,
		RunE: func(_ *cobra.Command, names []string) error {
			vaults, err := a.vaults(names)
			if err != nil {
				return err
			}
			for _, v := range vaults {
				if err := a.initSecrets(v); err != nil {
					return err
				}
			}
			return nil
		},
		ValidArgsFunction: a.completeStacks,
	}
}

// initSecrets makes what one stack lacks.
func (a *app) initSecrets(v *vault) error {
	if err := secret.Sweep(v.path()); err != nil {
		return failed(err)
	}
	missing, given := v.lacks()
	if len(missing) > 0 || len(v.Unreadable) > 0 {
		opened, err := a.withMade(v, missing)
		if err != nil {
			return err
		}
		if err := a.save(v, opened); err != nil {
			return err
		}
	}
	for _, slot := range missing {
		put(a.Out, "%s: made %s\n", v.name, slot.Name)
	}
	if len(missing)+len(given) == 0 {
		tell(a.Err, "%s: nothing is missing\n", v.name)
	}
	a.tellGiven(v, given)
	return nil
}

// lacks returns the slots without a value: those that can be made, and those whose value comes from elsewhere.
func (v *vault) lacks() (made, given []model.Slot) {
	for _, slot := range v.Compiled.Slots {
		var entry *model.SealedSecret
		if v.Compiled.Sealed != nil {
			entry = v.Compiled.Sealed.Secret(slot.Name)
		}
		switch {
		case entry != nil && !entry.Empty:
		case slot.Given(), entry != nil: // an empty entry waits for the value of a server that runs already
			given = append(given, slot)
		default:
			made = append(made, slot)
		}
	}
	return made, given
}

// withMade returns the values of the stack with new ones for the slots. Nothing is written.
func (a *app) withMade(v *vault, slots []model.Slot) (*secret.Opened, error) {
	opened, err := a.open(v)
	if err != nil {
		return nil, err
	}
	for _, slot := range slots {
		value, _ := secret.Make(slot.Format)
		opened.Set(slot.Name, value)
	}
	return opened, nil
}

// tellGiven lists the slots whose value comes from elsewhere.
func (a *app) tellGiven(v *vault, slots []model.Slot) {
	for _, slot := range slots {
		tell(a.Err, "%s: still missing: %s, %s\n\tstore it with matrixgen secrets set %s %s\n", v.name, slot.Name, slot.What, v.Name, slot.Name)
	}
}
