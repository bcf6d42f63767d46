package cli

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/git"
	"github.com/matrixgen/matrixgen/internal/secret"
)

func newSecretsUnsealCmd(a *app) *cobra.Command {
	var to string
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "unseal [STACK…]",
		Short: "Write the secrets of stacks as files for their containers",
		Long: `unseal is for the host. It opens the secrets and writes each as the file that a container
mounts, with the owner and mode that its user needs, into out/<stack>/secrets/, a folder
that nobody else on the host can enter. Files that are no longer needed are removed. To
give files to the users of the containers it has to run as root.`,
		Example: `  sudo matrixgen secrets unseal home
  matrixgen secrets unseal --dry-run home   # which files, owners and modes; needs no key
  matrixgen secrets unseal home --to /run/matrix-secrets`,
		RunE: func(cmd *cobra.Command, names []string) error {
			vaults, err := a.vaults(names)
			if err != nil {
				return err
			}
			if to != "" && len(vaults) > 1 {
				return usageError("", "--to is for one stack: name it")
			}
			for _, v := range vaults {
				if err := a.unseal(cmd.Context(), v, to, dryRun); err != nil {
					return err
				}
			}
			return nil
		},
		ValidArgsFunction: a.completeStacks,
	}
	cmd.Flags().StringVar(&to, "to", "", "write to `DIR` instead of out/<stack>/secrets")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "write nothing, and show names, owners and modes")
	return cmd
}

// unseal writes the secret files of one stack.
func (a *app) unseal(ctx context.Context, v *vault, to string, dryRun bool) error {
	if v.inCluster() {
		return v.refuseInCluster()
	}
	below := filepath.Join(outFolder, filepath.FromSlash(v.Name), "secrets")
	folder := filepath.Join(v.root, below)
	if to == "" {
		if err := refuseLinks(v.root, below); err != nil {
			return err
		}
	} else {
		folder = a.path(to)
	}
	if dryRun {
		a.printFiles(v, folder)
		return nil
	}
	if err := refuseFolder(ctx, folder); err != nil {
		return err
	}
	plains, err := a.plains(v)
	if err != nil {
		return err
	}
	if plains = v.keep(plains, "file"); len(plains) == 0 {
		tell(a.Err, "%s: the secrets of this stack are no files: use matrixgen secrets exec\n", v.Name)
	}
	known, err := compile.Secrets()
	if err != nil {
		return failed(err)
	}
	obsolete, unknown, err := secret.Obsolete(folder, known, plains)
	if err != nil {
		return failed(err)
	}
	if to != "" && len(unknown) > 0 && !secret.IsClosed(folder) {
		return usageError("give a folder for them alone, such as "+filepath.Join(to, "secrets"), "%s has other things in it, such as %s, which nobody but you could reach any more: a folder of secrets is closed to others", to, unknown[0])
	}
	placed, err := secret.Place(folder, plains, obsolete)
	if err != nil {
		return &exitError{code: exitFailed, message: fmt.Sprintf("stack %s: %v", v.Name, err)}
	}
	for _, name := range unknown {
		tell(a.Err, "%s: left: no secret of the stack\n", filepath.Join(folder, name))
	}
	return a.reportPlaced(v, folder, placed)
}

// refuseFolder refuses a folder whose files somebody may commit.
func refuseFolder(ctx context.Context, folder string) error {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return failed(err)
	}
	ignored, err := git.Ignored(ctx, filepath.Join(folder, "secret"))
	tracked := false
	if err == nil {
		tracked, err = git.Tracked(ctx, folder)
	}
	switch {
	case err != nil:
		return &exitError{code: exitFailed, message: "ask Git whether it ignores " + folder + ": " + err.Error()}
	case tracked:
		return usageError("take them out of Git with git rm -r --cached "+folder+", and rotate what was ever committed", "secrets in %s would be committed: Git tracks files there, whatever it ignores", folder)
	case !ignored:
		return usageError("choose one outside with --to, or have Git ignore it: a line in .gitignore", "secrets in %s could be committed: it lies in a work tree of Git, which does not ignore it", folder)
	}
	return nil
}

// refuseLinks refuses a folder of the repository that is reached by a link: it would lie where the link says.
func refuseLinks(root, below string) error {
	for at := below; at != "."; at = filepath.Dir(at) {
		if info, err := os.Lstat(filepath.Join(root, at)); err == nil && info.Mode()&os.ModeSymlink != 0 {
			return usageError("remove it, or say where the secrets shall be with --to", "%s is a link: the secrets would lie where it leads", filepath.Join(root, at))
		}
	}
	return nil
}

// plains opens the secrets of a stack, and returns the files of all its slots.
func (a *app) plains(v *vault) ([]secret.Plain, error) {
	if v.isNew() {
		return nil, v.noSecrets()
	}
	opened, err := a.open(v)
	if err != nil {
		return nil, err
	}
	plains, missing := opened.Plains(v.Compiled.Slots)
	if len(missing) > 0 {
		return nil, usageError("matrixgen secrets init and set store them", "%s lacks %s: nothing was written", v.name, strings.Join(missing, ", "))
	}
	return plains, nil
}

// printFiles shows what unseal would write.
func (a *app) printFiles(v *vault, folder string) {
	put(a.Out, "%s:\n", folder)
	table := tabwriter.NewWriter(a.Out, 0, 0, 2, ' ', 0)
	put(table, "FILE\tOWNER\tMODE\tREAD BY\tSECRET\n")
	for _, slot := range v.Compiled.Slots {
		for _, file := range slot.Files {
			if v.source(file.Name) != "file" {
				continue
			}
			put(table, "%s\t%s\t%s\t%s\t%s\n", file.Name, secret.OwnerText(file.Owner), file.Mode, file.Service, slot.Name)
		}
	}
	table.Flush()
}

// reportPlaced says what changed, which containers have to be made anew to see it, and what the operator has to do as root.
func (a *app) reportPlaced(v *vault, folder string, placed []secret.Placed) error {
	var services, foreign []string
	changed := 0
	for _, p := range placed {
		if p.Change != "" {
			changed++
			put(a.Out, "%s: %s\n", filepath.Join(folder, p.Name), p.Change)
		}
		if p.Change == "updated" && p.Service != "" {
			services = append(services, p.Service)
		}
		if p.Owner != nil {
			foreign = append(foreign, fmt.Sprintf("chown %s %s", secret.OwnerText(*p.Owner), filepath.Join(folder, p.Name)))
		}
	}
	if changed == 0 {
		tell(a.Err, "%s: nothing changed\n", folder)
	}
	slices.Sort(services)
	if services = slices.Compact(services); len(services) > 0 {
		put(a.Err, "running containers still have the old files:\n")
		for _, step := range v.recreateSteps("docker compose -f "+path.Join(outFolder, v.Name, "docker-compose.yml"), services) {
			put(a.Err, "  %s\n", step)
		}
	}
	if len(foreign) > 0 {
		put(a.Err, "the containers cannot read %s: only root can give them to their users. Run as root:\n", plural(len(foreign), "file"))
		for _, command := range foreign {
			put(a.Err, "  %s\n", command)
		}
		return &exitError{code: exitFindings}
	}
	return nil
}
