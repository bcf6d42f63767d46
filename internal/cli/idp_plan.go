package cli

import (
	"context"
	"os"
	"path"
	"strings"

	"golang.org/x/term"

	"github.com/matrixgen/matrixgen/internal/idp"
)

// pocketID compares one client with what the stack says, and changes it if that is asked for. It reports whether something differs after that.
func (a *app) pocketID(ctx context.Context, v *vault, p idp.Provider, f *idpFlags, apply bool) (bool, error) {
	secret, missing, err := a.clientSecret(v, p)
	if err != nil {
		return false, err
	}
	if missing != nil && apply {
		return false, missing
	}
	api, err := a.api(ctx, p, f)
	if err != nil {
		return false, err
	}
	plan, err := api.Plan(ctx, p, secret)
	if err != nil {
		return false, idpExit(err)
	}
	a.tellPlan(plan)
	if missing != nil {
		tell(a.Out, "  not compared: the secret %s: %s\n", p.Slot, missing.Error())
	}
	switch {
	case plan.IsEmpty() || !apply:
		return !plan.IsEmpty(), nil
	case !f.yes && len(plan.NoGroups) == 0:
		if err := a.confirmPlan(ctx); err != nil {
			return false, err
		}
	}
	err = api.Apply(ctx, plan, secret, func(step string) { put(a.Out, "%s: %s\n", p.Issuer, step) })
	return false, idpExit(err)
}

// clientSecret opens the secret that MAS has of a client. missing says why it cannot be had.
func (a *app) clientSecret(v *vault, p idp.Provider) (value string, missing, err error) {
	if p.Slot == "" {
		return "", nil, nil
	}
	if v.isNew() {
		return "", v.noSecrets(), nil
	}
	opened, err := a.open(v)
	if err != nil {
		return "", err, nil
	}
	found, have := opened.Value(p.Slot)
	if !have || found.Reveal() == "" {
		return "", usageError("matrixgen secrets init makes it, for a Pocket ID of the stack; matrixgen secrets set stores one", "%s lacks %s", v.name, p.Slot), nil
	}
	return strings.TrimSpace(found.Reveal()), nil, nil
}

// tellPlan prints what differs, field by field.
func (a *app) tellPlan(plan *idp.Plan) {
	p := plan.Provider
	if plan.IsEmpty() {
		put(a.Out, "%s: the client %s is as the stack says\n", p.Issuer, p.ClientID)
	} else {
		put(a.Out, "%s: the client %s\n", p.Issuer, p.ClientID)
	}
	if plan.New {
		put(a.Out, "  make it, with\n")
	}
	for _, c := range plan.Changes {
		switch {
		case plan.New:
			put(a.Out, "    %s: %s\n", c.Field, c.To)
		case c.Added != "":
			put(a.Out, "  change %s: add %s\n", c.Field, c.Added)
		default:
			put(a.Out, "  change %s: %s -> %s\n", c.Field, c.From, c.To)
		}
	}
	if plan.AddSecret {
		put(a.Out, "  give it the secret %s\n", p.Slot)
	}
	for _, name := range plan.NoGroups {
		put(a.Out, "  missing: the group %q does not exist: make it at %s, or take its name out of allowedGroups\n", name, plan.GroupsPage())
	}
	for _, note := range plan.Notes {
		tell(a.Out, "  note: %s\n", note)
	}
}

// confirmPlan asks whether the plan is to be done.
func (a *app) confirmPlan(ctx context.Context) error {
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return usageError("say --yes", "nobody can be asked whether to do that: this is no terminal")
	}
	return a.agreed(ctx, "Do it?")
}

// tellFirst says how one comes to an administrator and an API key.
func (a *app) tellFirst(p idp.Provider) {
	if p.Inside != "" {
		put(a.Err, `1. if nobody is administrator yet, open %[1]s/setup and become it: whoever opens it first does
2. make an API key there: %[1]s/settings/admin/api-keys
`, p.Issuer)
		return
	}
	put(a.Err, "an administrator of Pocket ID makes an API key there: %s/settings/admin/api-keys\n", p.Issuer)
}

// tellRows prints what has to stand at a provider that has no API for us.
func (a *app) tellRows(v *vault, p idp.Provider) {
	put(a.Out, "%s: this has to stand there\n", p.Label())
	for _, line := range p.Lines(v.Deployment) {
		put(a.Out, "%s\n", strings.TrimRight("  "+line, " "))
	}
	put(a.Out, "\n")
	if p.Slot != "" {
		put(a.Out, "  store the secret       matrixgen secrets set %s %s\n", path.Clean(v.Name), p.Slot)
	}
	tell(a.Out, "  look from outside      matrixgen verify %s --only sign-in: whether the provider takes the client id, the redirect URI and the scopes; the secret shows at the first sign-in alone\n", path.Clean(v.Name))
}
