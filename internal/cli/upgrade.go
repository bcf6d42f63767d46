package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/upgrade"
	"github.com/matrixgen/matrixgen/internal/upstream"
	"github.com/matrixgen/matrixgen/internal/workspace"
)

// upgradeFlags say what is raised, and how that is printed.
type upgradeFlags struct {
	format, product, to string
	digests             []string
	write               bool
}

func newUpgradeCmd(a *app) *cobra.Command {
	f := &upgradeFlags{}
	cmd := &cobra.Command{
		Use:   "upgrade [STACK…|DIR…]",
		Short: "Say what newer images mean for a stack, and write their tags",
		Long: `upgrade says for each image of a stack what lies between it and the newest release that
this matrixgen knows: the holes that are closed, the changes of upstream that touch this
stack, what lint says of it with the new images, the order in which it is done, and how to
go back. It asks no registry: what it knows is as old as matrixgen itself is.

--write changes the tags where the stack writes them, and nothing else in the file, and
shows what changes then, as diff does. A stack that says no tag follows matrixgen, and is
left as it is, unless --to names a version. What a new tag alone does not reach, such as
another major version of Postgres, is refused.

A folder that others wrote is looked at in the same way, and never written.`,
		Example: `  matrixgen upgrade
  matrixgen upgrade home --product synapse --to 1.163.2
  matrixgen upgrade home --write
  matrixgen upgrade /srv/matrix`,
		RunE: func(cmd *cobra.Command, names []string) error {
			return a.upgrade(cmd.Context(), names, f)
		},
		ValidArgsFunction: a.completeStacks,
	}
	flags := cmd.Flags()
	flags.StringVar(&f.format, "format", "text", "print text, markdown (a comment on a pull request) or json")
	flags.StringVar(&f.product, "product", "", "look at one `PRODUCT` alone")
	flags.StringVar(&f.to, "to", "", "raise to this `VERSION` instead of the newest that is known")
	flags.StringArrayVar(&f.digests, "digest", nil, "with --write, pin the new image to a digest: `PRODUCT=sha256:…`; repeatable")
	flags.BoolVar(&f.write, "write", false, "write the new tags into the stack")
	completeFlags(cmd, map[string]func() []string{"format": oneOf(diffFormats...), "product": upstream.Names})
	return cmd
}

func (a *app) upgrade(ctx context.Context, names []string, f *upgradeFlags) error {
	upgrader, err := f.upgrader()
	if err != nil {
		return err
	}
	stacks, folders, err := a.upgradable(names)
	if err != nil {
		return err
	}
	if len(folders) > 0 {
		if f.write {
			return usageError("write the tags yourself, as the report says", "%s is no stack: --write changes stacks alone", folders[0])
		}
		return a.upgradeFolders(ctx, upgrader, folders, f)
	}
	return a.upgradeStacks(ctx, upgrader, stacks, f)
}

var digestOfImage = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^sha256:[0-9a-f]{64}$`) })

// upgrader returns what the flags ask for.
func (f *upgradeFlags) upgrader() (*workspace.Upgrader, error) {
	if !slices.Contains(diffFormats, f.format) {
		return nil, usageError("", "--format is %q, want text, markdown or json", f.format)
	}
	u := &workspace.Upgrader{Digests: map[string]string{}}
	product, err := productOf(f.product)
	if err != nil {
		return nil, err
	}
	to := strings.TrimPrefix(f.to, "v")
	if f.to != "" && !upgrade.IsVersion(to) {
		return nil, usageError("", "--to is %q, want a version such as 1.163.2", f.to)
	}
	if f.to != "" && product == "" {
		with := upstream.With(to)
		if len(with) != 1 {
			return nil, usageError("matrixgen upgrade --product synapse --to "+to, "say with --product what is to be raised to %s", to)
		}
		product = with[0]
	}
	u.Want = upgrade.Want{Product: product, To: to}
	for _, given := range f.digests {
		name, digest, _ := strings.Cut(given, "=")
		product, err := productOf(name)
		if err != nil {
			return nil, err
		}
		if product == "" || !digestOfImage().MatchString(digest) {
			return nil, usageError("", "--digest is %q, want a product, =, sha256: and 64 hex digits", given)
		}
		u.Digests[product] = digest
	}
	return u, nil
}

// productOf returns the product of that name, as services have it, or as the field of a stack has it.
func productOf(name string) (string, error) {
	product := strings.ToLower(name)
	if product == "pocketid" {
		product = "pocket-id"
	}
	if name != "" && !slices.Contains(upstream.Names(), product) {
		return "", usageError("the products are: "+strings.Join(upstream.Names(), ", "), "there is no product %q", name)
	}
	return product, nil
}

// upgradable parts what the command line names into stacks and folders of others.
func (a *app) upgradable(names []string) (stacks, folders []string, err error) {
	known := a.stacks()
	for _, name := range names {
		info, missing := os.Stat(a.path(name))
		if !slices.Contains(known, workspace.StackName(name)) && missing == nil && (info.IsDir() || strings.HasSuffix(name, ".md")) {
			folders = append(folders, name)
		}
	}
	if len(folders) > 0 && len(folders) < len(names) {
		return nil, nil, usageError("", "name stacks or folders, not both: %s is a folder", folders[0])
	}
	if len(folders) > 0 {
		return nil, folders, nil
	}
	root, err := a.repository()
	if err != nil {
		return nil, nil, err
	}
	stacks, err = workspace.Stacks(os.DirFS(root), names)
	return stacks, nil, failed(err)
}

// upgradeFolders looks at what others wrote.
func (a *app) upgradeFolders(ctx context.Context, u *workspace.Upgrader, folders []string, f *upgradeFlags) error {
	endAtOnce()
	var plans []*upgrade.Plan
	for _, folder := range folders {
		found, err := u.Path(ctx, a.dir, folder)
		if err != nil {
			return failed(err)
		}
		if len(found) == 0 {
			tell(a.Err, "%s: no image of a product that matrixgen knows releases of\n", folder)
		}
		plans = append(plans, found...)
	}
	if err := a.writePlans(f.format, plans); err != nil {
		return err
	}
	return forbidden(plans, u.Want)
}

// forbidden is the error of a version that was asked for and that a new tag alone does not reach.
func forbidden(plans []*upgrade.Plan, want upgrade.Want) error {
	looked := 0
	for _, p := range plans {
		for _, m := range p.Moves {
			looked++
			if reason := m.Refuses(); reason != "" && want.To != "" {
				return &exitError{code: exitUsage, message: fmt.Sprintf("%s: %s", p.Name, reason)}
			}
		}
	}
	if looked == 0 && want.Product != "" {
		return usageError("", "nothing here runs %s", want.Product)
	}
	return nil
}

// writePlans prints the plans in the format that was asked for.
func (a *app) writePlans(format string, plans []*upgrade.Plan) error {
	write := map[string]func(io.Writer, []*upgrade.Plan) error{"markdown": upgrade.WriteMarkdown, "json": upgrade.WriteJSON}[format]
	if write == nil {
		colored, err := a.colored(a.Out)
		if err != nil {
			return err
		}
		write = upgrade.Text{Color: colored, Columns: columnsOf(a.Out)}.Write
	}
	if err := write(a.Out, plans); err != nil {
		return &exitError{code: exitFailed, message: fmt.Sprintf("write report: %v", err)}
	}
	return nil
}
