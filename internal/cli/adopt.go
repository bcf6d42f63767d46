package cli

import (
	"cmp"
	"context"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/matrixgen/matrixgen/internal/adopt"
	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/starter"
	"github.com/matrixgen/matrixgen/internal/workspace"
)

// adoptFlags say what the files do not, and how the report is printed.
type adoptFlags struct {
	name, project, folder, format, serverName string
	versions, acknowledge                     []string
	dryRun                                    bool
}

// adoptProducts are those whose version may have to be told.
var adoptProducts = []string{"synapse", "mas", "element", "postgres", "pocketID", "nginx"}

func newAdoptCmd(a *app) *cobra.Command {
	f := &adoptFlags{}
	cmd := &cobra.Command{
		Use:   "adopt DIR|FILE",
		Short: "Turn the files of a running server into a stack that runs the same server",
		Long: `adopt reads a hand-written compose file with the configurations of Synapse, MAS and
Element Web, or values for Element's chart, and writes a stack that keeps what they say:
server name, hosts, provider, versions, project, volumes, networks. What the language has
no field for becomes raw settings and services of your own. The secrets that the files
show go into the encrypted file of the stack, and nowhere else.

It ends with a report: what was taken and what was not, what differs when the new files
run, which rules the old ones break, and the switch step by step. What would cost data,
such as a volume or a database that is not found again, is an error until it is
acknowledged; then nothing is written. It never writes into DIR, starts nothing, and
leaves a stack that is there alone. What neither the files nor a flag say it asks, on a
terminal.`,
		Example: `  matrixgen adopt ~/matrix --dry-run
  matrixgen adopt ~/matrix --name chat --version synapse=v1.140.0
  matrixgen adopt ~/matrix --format markdown > report.md`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(diffFormats, f.format) {
				return usageError("", "--format is %q, want text, markdown or json", f.format)
			}
			return a.adopt(cmd.Context(), args[0], f, newQuestions(a, cmd.Flags()))
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.name, "name", "", "the folder below stacks/; by default the name of the compose project")
	flags.StringVar(&f.project, "project", "", "the compose project that runs, if the files do not say it (docker compose ls)")
	flags.StringVar(&f.serverName, "server-name", "", "what stands after the colon in @user:example.org, if the files do not say it")
	flags.StringVar(&f.folder, "folder", "", "where DIR lies on the machine of the server; by default where it lies here")
	flags.StringArrayVar(&f.versions, "version", nil, "which version runs where the files leave it open: `PRODUCT=TAG`; repeatable")
	flags.StringArrayVar(&f.acknowledge, "acknowledge", nil, "a change that is meant, as the report names it: `RULE:SUBJECT=REASON`; repeatable")
	flags.StringVar(&f.format, "format", "text", "print the report as text, markdown or json")
	flags.BoolVar(&f.dryRun, "dry-run", false, "print the report and the stack, and write nothing")
	completeFlags(cmd, map[string]func() []string{"format": oneOf(diffFormats...)})
	return cmd
}

// adopt reads the folder, prints the report, and writes the stack if nothing stands in the way.
func (a *app) adopt(ctx context.Context, dir string, f *adoptFlags, ask *questions) error {
	if err := a.askPlaces(ctx, ask, dir, f); err != nil {
		return err
	}
	b, adoption, err := a.adoption(ctx, dir, f)
	if err != nil {
		return err
	}
	adopted, findings, err := workspace.Adopt(ctx, a.compilers, *adoption)
	if err == nil && len(findings) == 0 {
		var answered bool
		if answered, err = a.askVersions(ctx, ask, adopted, adoption); err != nil {
			return err
		}
		if answered {
			adopted, findings, err = workspace.Adopt(ctx, a.compilers, *adoption)
		}
	}
	if err != nil {
		return failed(err)
	}
	if len(findings) > 0 {
		if err := a.writeText(a.Err, os.DirFS(adoption.At), findings); err != nil {
			return err
		}
		return usageError("nothing was written; adopt needs files that parse", "%s cannot be adopted: %s", dir, plural(len(findings), "file")+" not readable")
	}
	if err := a.refuseKnown(b, adopted); err != nil {
		return err
	}
	if err := a.planAdopted(b, adopted); err != nil {
		return unwritten(err)
	}
	if err := a.writeAdoption(f.format, adopted.Report); err != nil {
		return err
	}
	if f.dryRun && f.format == "text" {
		put(a.Out, "\n%s:\n%s", b.lines[0].name, adopted.Source)
	}
	switch {
	case adopted.Report.Open() > 0:
		return &exitError{code: exitFindings, message: "nothing was written", hint: "the report says what to answer or to acknowledge"}
	case f.dryRun:
		return nil
	}
	if err := starter.WriteAll(b.root, nil, b.writings()); err != nil {
		return &exitError{code: exitFailed, message: "nothing was written: " + err.Error()}
	}
	for _, line := range b.lines {
		tell(a.Err, "written: %s, %s\n", line.name, line.what)
	}
	if b.vault.first != nil {
		a.tellKey(b.vault.first)
	}
	return nil
}

// adoption says where things are, and refuses names that cannot be.
func (a *app) adoption(ctx context.Context, dir string, f *adoptFlags) (*beginning, *workspace.Adoption, error) {
	at, err := filepath.Abs(a.path(dir))
	if err != nil {
		return nil, nil, failed(err)
	}
	file := ""
	switch info, err := os.Stat(at); {
	case err == nil && info.Mode().IsRegular():
		file, at, dir = filepath.Base(at), filepath.Dir(at), filepath.Dir(dir)
	case err != nil || !info.IsDir():
		return nil, nil, usageError("", "%s is neither a directory nor a compose file", dir)
	}
	root, err := workspace.Root(a.dir)
	if err != nil {
		if root, err = filepath.Abs(a.dir); err != nil {
			return nil, nil, failed(err)
		}
	}
	b := &beginning{root: root, files: os.DirFS(root)}
	adoption := &workspace.Adoption{Dir: dir, At: at, File: file, Stack: f.name}
	adoption.Answers = adopt.Answers{Project: f.project, Folder: cmp.Or(f.folder, at), Elsewhere: f.folder != "" && f.folder != at, Shown: dir, ServerName: f.serverName, Versions: map[string]string{}}
	if adoption.Stack == "" {
		adoption.Stack = stackNameOf(cmp.Or(f.project, workspace.ProjectOf(at), filepath.Base(at)))
	}
	for _, given := range f.versions {
		product, tag, found := strings.Cut(given, "=")
		if !found || tag == "" || !slices.Contains(adoptProducts, product) {
			return nil, nil, usageError("the products are: "+strings.Join(adoptProducts, ", "), "--version is %q, want PRODUCT=TAG, such as synapse=v1.140.0", given)
		}
		adoption.Versions[product] = tag
	}
	for _, given := range f.acknowledge {
		what, reason, found := strings.Cut(given, "=")
		rule, subject, named := strings.Cut(what, ":")
		if !found || !named || strings.TrimSpace(reason) == "" {
			return nil, nil, usageError("copy it from the report", "--acknowledge is %q, want RULE:SUBJECT=REASON", given)
		}
		adoption.Acknowledged = append(adoption.Acknowledged, model.Acknowledgement{Rule: rule, Subject: subject, Reason: reason})
	}
	b.stack = adoption.Stack
	if _, err := os.Stat(filepath.Join(root, compile.StacksFolder, filepath.FromSlash(b.stack))); err == nil {
		return nil, nil, usageError("choose another name with --name; adopt never writes over a stack", "there is a stack in %s already", path.Join(compile.StacksFolder, b.stack))
	}
	return b, adoption, nil
}

// stackNameOf returns a name for the folder of a stack.
func stackNameOf(name string) string {
	name = strings.Trim(regexp.MustCompile(`[^a-z0-9_-]+`).ReplaceAllString(strings.ToLower(name), "-"), "-_")
	return cmp.Or(name, "server")
}

// refuseKnown refuses a server that has a stack in the repository.
func (a *app) refuseKnown(b *beginning, adopted *workspace.Adopted) error {
	if _, err := os.Stat(filepath.Join(b.root, compile.StacksFolder)); err != nil {
		return nil
	}
	stack, err := workspace.StackOf(a.compilers, b.files, adopted.ServerName())
	if err != nil {
		return failed(err)
	}
	if stack != "" {
		return usageError("matrixgen diff says what differs between the folder and the stack", "there is a stack of %s already: %s", adopted.ServerName(), path.Join(compile.StacksFolder, stack))
	}
	return nil
}

// planAdopted plans the stack and its secrets, and completes the report with what is missing and the switch.
func (a *app) planAdopted(b *beginning, adopted *workspace.Adopted) error {
	file := starter.File{Name: path.Join(compile.StacksFolder, b.stack, "stack.cue"), Content: adopted.Source}
	b.add(b.root, file.Name, "the server as it is: yours to edit", file.Content, false)
	var err error
	if b.vault, err = a.vaultOf(b, starter.With(b.files, []starter.File{file})); err != nil {
		return err
	}
	opened, err := a.open(b.vault)
	if err != nil {
		return err
	}
	kept := adopted.Keep(opened)
	text, err := opened.Seal()
	if err != nil {
		return secretExit(err)
	}
	if first := b.vault.first; first != nil {
		for _, w := range firstFiles(first) {
			b.lines = append(b.lines, line{w.Path, "who can open the secrets", w})
		}
	}
	b.add(b.root, b.vault.name, plural(kept, "secret")+" of the old files, encrypted", text, !b.vault.isNew())
	return nil
}

// writeAdoption prints the report in the format that was asked for.
func (a *app) writeAdoption(format string, report *adopt.Report) error {
	write := map[string]func(io.Writer, *adopt.Report) error{"markdown": adopt.WriteMarkdown, "json": adopt.WriteJSON}[format]
	if write == nil {
		write = adopt.Text{Columns: columnsOf(a.Out)}.Write
	}
	if err := write(a.Out, report); err != nil {
		return &exitError{code: exitFailed, message: "write report: " + err.Error()}
	}
	return nil
}
