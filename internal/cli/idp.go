package cli

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/matrixgen/matrixgen/internal/idp"
	"github.com/matrixgen/matrixgen/internal/verify"
)

// idpFlags say which identity provider is asked, and how.
type idpFlags struct {
	keyFile, issuer, ca string
	resolve             []string
	yes                 bool
}

// keyVariable is the variable of the environment that may hold an API key.
const keyVariable = "POCKET_ID_API_KEY"

func newIDPCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "idp",
		Short: "Bring the identity provider to what a stack says",
		Long: `idp is for the other side of sign-in: the client that MAS has at its identity provider. It
compares it with what the stack says and, at Pocket ID, changes it by its API. At every
other provider it tells what has to stand there.`,
		Example: `  matrixgen idp plan home    # what differs, field by field
  matrixgen idp apply home   # shows that, asks, and does it`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newIDPPlanCmd(a), newIDPApplyCmd(a))
	return cmd
}

func newIDPPlanCmd(a *app) *cobra.Command {
	f := &idpFlags{}
	cmd := &cobra.Command{
		Use:   "plan [STACK]",
		Short: "Show what differs at the identity provider, and what has to stand there",
		Long: `plan compares the client at Pocket ID with what the stack says, field by field, and changes
nothing; it exits 1 if something differs. It looks whether the client has the secret that
MAS has, if a key opens that: by its first four letters, which Pocket ID shows. For every
other provider it prints what has to stand there, to be copied.

Pocket ID wants an API key of an administrator: in a file, in ` + keyVariable + `, or typed when
asked. It is sent to the issuer alone.`,
		Example: `  matrixgen idp plan home
  matrixgen idp plan home --api-key-file /run/keys/pocket-id`,
		Args:              cobra.MaximumNArgs(1),
		RunE:              func(cmd *cobra.Command, args []string) error { return a.idp(cmd.Context(), args, f, false) },
		ValidArgsFunction: a.completeStacks,
	}
	f.add(cmd)
	return cmd
}

func newIDPApplyCmd(a *app) *cobra.Command {
	f := &idpFlags{}
	cmd := &cobra.Command{
		Use:   "apply [STACK]",
		Short: "Make or change the client at Pocket ID",
		Long: `apply shows the plan, asks, and does it: it makes the client or changes what differs, and
gives it the secret that MAS has, and allows the groups that the stack names; a group that
does not exist stops it. It deletes nothing: other redirect URIs, other secrets, other
groups, and all that the stack does not speak of, stay as they are. Run again, it has
nothing to do. If the client was changed since the plan was shown, nothing is done.

The secret is opened from the stack's SOPS file, goes to Pocket ID in the body of a request,
and is never printed.`,
		Example: `  matrixgen idp apply home
  matrixgen idp apply home --yes --api-key-file /run/keys/pocket-id`,
		Args:              cobra.MaximumNArgs(1),
		RunE:              func(cmd *cobra.Command, args []string) error { return a.idp(cmd.Context(), args, f, true) },
		ValidArgsFunction: a.completeStacks,
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&f.yes, "yes", false, "do not ask")
	return cmd
}

func (f *idpFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.keyFile, "api-key-file", "", "read the API key from `FILE`")
	flags.StringVar(&f.issuer, "issuer", "", "only the provider with this `URL`")
	flags.StringArrayVar(&f.resolve, "resolve", nil, "ask `HOST:PORT:ADDRESS` in place of what DNS says; repeatable")
	flags.StringVar(&f.ca, "ca", "", "believe certificates of the authorities in `FILE`, too")
}

// idp compares the providers of a stack with what it says, and changes them if that is asked for.
func (a *app) idp(ctx context.Context, args []string, f *idpFlags, apply bool) error {
	vaults, err := a.vaults(args)
	if err != nil {
		return err
	}
	if len(vaults) > 1 {
		return usageError("matrixgen idp plan STACK", "name the stack: there are %d", len(vaults))
	}
	v := vaults[0]
	providers := idp.Of(v.Deployment)
	if f.issuer != "" {
		providers = slices.DeleteFunc(providers, func(p idp.Provider) bool { return p.Issuer != f.issuer })
	}
	if len(providers) == 0 {
		if f.issuer != "" {
			return usageError("", "the stack %s has no provider with the issuer %s", v.Name, f.issuer)
		}
		tell(a.Err, "%s: there is no identity provider: accounts have passwords\n", v.Name)
		return nil
	}
	if err := f.oneKey(providers); err != nil {
		return err
	}
	differs := false
	for i, p := range providers {
		if i > 0 {
			put(a.Out, "\n")
		}
		if p.Client == nil {
			a.tellRows(v, p)
			continue
		}
		changed, err := a.pocketID(ctx, v, p, f, apply)
		if err != nil {
			return err
		}
		differs = differs || changed
	}
	if differs {
		return &exitError{code: exitFindings}
	}
	return nil
}

// oneKey refuses one API key for several Pocket IDs.
func (f *idpFlags) oneKey(providers []idp.Provider) error {
	issuers := map[string]bool{}
	for _, p := range providers {
		if p.Client != nil {
			issuers[p.Issuer] = true
		}
	}
	if len(issuers) > 1 && (f.keyFile != "" || os.Getenv(keyVariable) != "") {
		return usageError("say which with --issuer", "there are %d Pocket IDs, and one API key", len(issuers))
	}
	return nil
}

// api returns the API of a Pocket ID, with a key.
func (a *app) api(ctx context.Context, p idp.Provider, f *idpFlags) (*idp.API, error) {
	resolve, err := verify.ParseResolve(f.resolve)
	if err != nil {
		return nil, usageError("as in --resolve id.example.org:443:203.0.113.7", "%v", err)
	}
	api := &idp.API{Base: p.Issuer}
	if f.ca == "" {
		api.HTTP = idp.Transport(resolve, nil)
	} else {
		text, err := os.ReadFile(a.path(f.ca))
		if err != nil {
			return nil, usageError("", "--ca: %v", err)
		}
		roots, err := verify.Roots(text)
		if err != nil {
			return nil, usageError("give a file of certificates in PEM", "--ca %s: %v", f.ca, err)
		}
		api.HTTP = idp.Transport(resolve, roots)
	}
	api.Key, err = a.apiKey(ctx, p, f)
	return api, err
}

// apiKey returns the API key: from a file, from the environment, or as it is typed.
func (a *app) apiKey(ctx context.Context, p idp.Provider, f *idpFlags) (string, error) {
	key := os.Getenv(keyVariable)
	switch {
	case f.keyFile != "":
		file, err := os.Open(a.path(f.keyFile))
		if err != nil {
			return "", usageError("", "read the API key: %v", err)
		}
		defer file.Close()
		text, err := limited(file)
		if err != nil {
			return "", err
		}
		key = string(text)
	case key == "" && term.IsTerminal(int(os.Stdin.Fd())):
		a.tellFirst(p)
		tell(a.Err, "API key of %s (it is not shown): ", p.Issuer)
		text, err := a.readHidden(ctx)
		if err != nil {
			return "", err
		}
		key = string(text)
	case key == "":
		a.tellFirst(p)
		return "", usageError("give a file with --api-key-file, or set "+keyVariable, "%s wants an API key of an administrator", p.Issuer)
	}
	key = strings.TrimSpace(key)
	if key == "" || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", usageError("it is one word", "that is no API key")
	}
	return key, nil
}

// idpExit gives an error of Pocket ID its exit code.
func idpExit(err error) error {
	var refused *idp.Error
	if errors.As(err, &refused) {
		return &exitError{code: exitFailed, message: refused.Message, hint: refused.Hint}
	}
	return failed(err)
}
