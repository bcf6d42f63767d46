package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/git"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/release"
	"github.com/matrixgen/matrixgen/internal/secret"
	"github.com/matrixgen/matrixgen/internal/starter"
	"github.com/matrixgen/matrixgen/internal/terminal"
	"github.com/matrixgen/matrixgen/internal/workspace"
)

// beginning is a repository as it is, and what init is about to add to it.
type beginning struct {
	root  string // absolute
	place git.Place
	files fs.FS // as they are

	compilers *compile.Pool

	stack string
	vault *vault
	given []model.Slot
	lines []line
	kept  []kept
}

// line is a file that is to be written, as it is shown.
type line struct {
	name, what string
	writing    starter.Writing
}

// kept is what is said of a file that stays.
type kept struct{ name, why string }

func (b *beginning) empty() bool { return len(b.lines) == 0 }

func (b *beginning) writings() []starter.Writing {
	var all []starter.Writing
	for _, line := range b.lines {
		all = append(all, line.writing)
	}
	return all
}

// add plans a file below the folder.
func (b *beginning) add(folder, name, what string, content []byte, replaces bool) {
	b.lines = append(b.lines, line{name, what, starter.Writing{Path: filepath.Join(folder, filepath.FromSlash(name)), Content: content, Replaces: replaces}})
}

// locate looks at the folder, which need not be there.
func (a *app) locate(ctx context.Context, dir string) (*beginning, error) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return nil, usageError("", "%s is not a directory", dir)
	}
	b := &beginning{files: fstest.MapFS{}, compilers: a.compilers}
	var err error
	if b.place, err = git.Locate(ctx, dir); err != nil {
		var refusal *git.Refusal
		if errors.As(err, &refusal) {
			return nil, usageError(refusal.Hint, "%s", refusal.Message)
		}
		return nil, failed(err)
	}
	b.root = filepath.Join(b.place.Top, filepath.FromSlash(b.place.Prefix))
	if _, err := os.Stat(b.root); err == nil {
		b.files = os.DirFS(b.root)
	}
	above, err := workspace.Root(filepath.Dir(b.root))
	if _, own := os.Stat(filepath.Join(b.root, compile.StacksFolder)); own == nil || err != nil {
		return b, nil
	}
	if stacks, err := compile.Stacks(os.DirFS(above)); err == nil && len(stacks) > 0 && !b.place.New {
		return nil, usageError("run it there: matrixgen init "+above, "%s lies in a repository of stacks already, %s", dir, above)
	}
	return b, nil
}

// stackOf returns the stack that is there for a server name, or "".
func (b *beginning) stackOf(serverName string) (string, error) {
	if _, err := fs.Stat(b.files, compile.StacksFolder); err != nil {
		return "", nil
	}
	stack, err := workspace.StackOf(b.compilers, b.files, serverName)
	return stack, failed(err)
}

// plan finds out what is to be written: everything is made in memory, so that what cannot be is known of before the first file.
func (a *app) plan(b *beginning, answers starter.Answers) error {
	stack, err := b.stackOf(answers.ServerName)
	if err != nil {
		return err
	}
	switch {
	case stack == "":
		if err := a.planStack(b, answers); err != nil {
			return err
		}
	case stack != answers.Stack:
		return usageError("leave out --stack to complete that", "there is a stack of %s already: %s", answers.ServerName, path.Join(compile.StacksFolder, stack))
	default:
		b.stack = stack
		b.kept = append(b.kept, kept{path.Join(compile.StacksFolder, stack), "it is the stack of " + answers.ServerName})
		if b.vault, err = a.vaultOf(b, b.files); err != nil {
			return err
		}
	}
	if err := a.planSecrets(b, answers.ServerName); err != nil {
		return err
	}
	return b.planSurroundings(answers)
}

// planStack plans the file of a new stack.
func (a *app) planStack(b *beginning, answers starter.Answers) error {
	folder := path.Join(compile.StacksFolder, answers.Stack)
	sources, err := fs.Glob(b.files, folder+"/*.cue")
	if err != nil {
		return failed(err)
	}
	if len(sources) > 0 {
		return usageError("choose another name with --stack, such as --stack "+otherName(answers), "there is a stack in %s already, of another server", folder)
	}
	first, err := answers.StackFile()
	if err != nil {
		return failed(err)
	}
	if err := a.tryStack(first, answers.Stack); err != nil {
		return err
	}
	b.stack = answers.Stack
	b.add(b.root, first.Name, "the server, in a few lines: yours to edit", first.Content, false)
	b.vault, err = a.vaultOf(b, starter.With(b.files, []starter.File{first}))
	return err
}

// otherName returns the name of a stack that is made of the whole server name.
func otherName(answers starter.Answers) string {
	return strings.ReplaceAll(answers.ServerName, ".", "-")
}

// vaultOf returns the stack, compiled from the files, with its secrets.
func (a *app) vaultOf(b *beginning, files fs.FS) (*vault, error) {
	vaults, err := a.vaultsIn(files, b.root, []string{b.stack})
	if err != nil {
		return nil, err
	}
	return vaults[0], nil
}

// planSecrets plans the secrets that the stack lacks, and before them a key and .sops.yaml if there is none.
func (a *app) planSecrets(b *beginning, serverName string) error {
	missing, given := b.vault.lacks()
	b.given = given
	if rules, err := secret.FindRules(b.files, b.root, b.vault.name); err == nil && rules == nil {
		if err := secret.PublishedHere(serverName); err != nil {
			return secretExit(err)
		}
		if b.vault.Secrets != nil {
			b.planRules()
		}
	}
	if len(missing) == 0 && len(b.vault.Unreadable) == 0 {
		return nil
	}
	opened, err := a.withMade(b.vault, missing)
	if err != nil {
		return err
	}
	text, err := opened.Seal()
	if err != nil {
		return secretExit(err)
	}
	if first := b.vault.first; first != nil {
		whose := "who can open the secrets: whoever has the private key in " + first.Key
		if first.New {
			whose = "who can open the secrets: whoever has that key"
		}
		files := firstFiles(first)
		before := []line{{secret.RulesName, whose, files[len(files)-1]}}
		if first.New {
			before = append([]line{{first.Key, "a private key for you, outside of the repository: it opens the secrets", files[0]}}, before...)
		}
		b.lines = append(before, b.lines...)
	}
	b.add(b.root, b.vault.name, plural(len(missing), "new secret")+", made at random and encrypted", text, !b.vault.isNew())
	return nil
}

// planRules plans a .sops.yaml that was lost, if the secrets are for the key that is here.
func (b *beginning) planRules() {
	if first, err := secret.PlanFirst(b.root); err == nil && !first.New && b.vault.Secrets.IsFor(first.Recipient) {
		b.add(b.root, secret.RulesName, "who can open the secrets: whoever has the private key in "+first.Key, first.Text, false)
	}
}

// planSurroundings plans what a repository of stacks needs beside its stacks.
func (b *beginning) planSurroundings(answers starter.Answers) error {
	place := starter.Place{Directory: b.place.Prefix, Branch: b.place.Branch, Renovate: answers.Renovate}
	if current, ok := release.Current(); ok {
		place.Release = &current
	}
	around, err := place.Surroundings(answers.CI)
	if err != nil {
		return failed(err)
	}
	for _, file := range around {
		folder := b.root
		if file.AtTop {
			folder = b.place.Top
		}
		there, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(file.Name)))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			b.add(folder, file.Name, file.What, file.Content, false)
		case err != nil:
			return failed(err)
		case slices.ContainsFunc(file.Needs, func(need string) bool { return !strings.Contains(string(there), need) }):
			b.kept = append(b.kept, kept{file.Name, strings.TrimSuffix(file.Missing, "\n")})
		}
	}
	return nil
}

// tellServers says of a server that is described beside the new repository that nothing of it is taken over.
func (a *app) tellServers(root string) {
	if found := workspace.Servers(os.DirFS(root)); len(found) > 0 {
		tell(a.Err, `there is a Matrix server here already: %s
init begins a new one beside it, and takes nothing over. matrixgen lint %s says what is wrong with the one that is there, matrixgen graph %s draws it.
`, strings.Join(found[:min(len(found), 5)], ", "), root, root)
	}
}

// show prints what is to be written, and what is said of files that stay.
func (a *app) show(b *beginning) {
	if b.place.New && !b.empty() {
		tell(a.Out, "%s: a new Git repository\n", b.root)
	}
	for _, line := range b.lines {
		verb := "new"
		if line.writing.Replaces {
			verb = "changed"
		}
		tell(a.Out, "%s: %s, %s\n", line.name, verb, line.what)
	}
	for _, kept := range b.kept {
		put(a.Err, "%s: kept as it is; %s\n", kept.name, terminal.Ready(kept.why))
	}
}

// unwritten says of an error that nothing was written.
func unwritten(err error) error {
	var exit *exitError
	if !errors.As(err, &exit) {
		return err
	}
	hint := "nothing was written"
	if exit.hint != "" && exit.hint != hint {
		hint += "; " + exit.hint
	}
	return &exitError{code: exit.code, message: exit.message, hint: hint}
}

// tryAnswers returns why a stack with these answers cannot be.
func (a *app) tryAnswers(answers starter.Answers) error {
	answers.Stack = "stack"
	file, err := answers.StackFile()
	if err != nil {
		return failed(err)
	}
	return a.tryStack(file, answers.Stack)
}

// tryStack compiles the new stack before anything is written, so that an answer that cannot be is refused as an answer.
func (a *app) tryStack(file starter.File, stack string) error {
	compiler, err := a.compilers.Take()
	if err != nil {
		return failed(err)
	}
	defer a.compilers.Give(compiler)
	_, findings, err := compiler.Compile(fstest.MapFS{file.Name: {Data: file.Content}}, stack)
	if err != nil {
		return failed(err)
	}
	for _, f := range findings {
		if f.Severity == diag.Error {
			return usageError("nothing was written", "%s", f.Message)
		}
	}
	return nil
}

// guessCI returns where the repository seems to be hosted: by the folders of workflows that are there.
func guessCI(top string) string {
	for ci, sign := range map[string]string{"forgejo": ".forgejo", "gitlab": ".gitlab-ci.yml"} {
		if _, err := os.Stat(filepath.Join(top, sign)); err == nil {
			return ci
		}
	}
	return "github"
}
