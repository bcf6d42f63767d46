package inside

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/matrixgen/matrixgen/internal/compile"
)

// leakRepository is a repository with two stacks, open and shut, whose secrets are known to the test.
type leakRepository struct {
	dir, home, program, path string
	// values are those of every slot of the stack open, and the private key, by what they are called.
	values map[string]string
	// needles are how these would look, once the repository is entered.
	needles map[string]string
	// good are contents by the names of files.
	good map[string]string
	// compilers are those of the verbs that run in this process.
	compilers *compile.Pool
	// keyInFile says that the private key is in the file key, and not in a variable.
	keyInFile bool
}

// newLeakRepository returns one that the test may change. All are copies of one, which is made once.
func newLeakRepository(t *testing.T) *leakRepository {
	t.Helper()
	if first == nil {
		first = makeLeakRepository(t)
	}
	return first.copy(t)
}

// first is the repository that is copied, in a folder that outlives the test which makes it.
var first *leakRepository

func makeLeakRepository(t *testing.T) *leakRepository {
	t.Helper()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not installed")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r := &leakRepository{compilers: &compile.Pool{}, dir: filepath.Join(folder, "repository"), home: filepath.Join(folder, "home"), path: os.Getenv("PATH"), values: map[string]string{}, good: map[string]string{}, keyInFile: true}
	r.program = filepath.Join(folder, "matrixgen")
	if err := os.Mkdir(r.home, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, r.program); err != nil {
		t.Fatal(err)
	}
	// A git that writes down what it is told and what it could see.
	r.write(t, "bin/git", "#!/bin/sh\n{ echo \"$@\"; env; } >>\"${0%/bin/git}/seen-by-git\"\nexec "+git+" \"$@\"\n")
	if err := os.Chmod(filepath.Join(r.dir, "bin/git"), 0o755); err != nil {
		t.Fatal(err)
	}
	r.write(t, "stacks/open/stack.cue", "package open\n\nserverName: \"example.org\"\nsmtp: {host: \"mail.example.org\", username: \"matrix\", from: \"matrix@example.org\"}\n")
	r.write(t, "stacks/shut/stack.cue", "package shut\n\nserverName: \"shut.example\"\nsecrets: from: \"environment\"\n")
	r.write(t, "temporary/.keep", "")
	r.write(t, "clear", `a p:"%ssword' \ of umlauts äöü`)
	r.git(t, "init", "-q", "--template=") // without the samples of hooks, which each copy would have
	r.must(t, "secrets", "init")
	r.write(t, "key", r.read(t, filepath.Join(r.home, "sops/age/keys.txt")))
	r.must(t, "secrets", "set", "open", "smtp_password", "--from", "clear")
	r.must(t, "build")
	r.git(t, "add", "stacks", "out", ".sops.yaml")
	r.git(t, "-c", "user.name=Ann", "-c", "user.email=ann@example.org", "commit", "-q", "-m", "one")
	r.readValues(t)
	for _, name := range []string{"stacks/open/stack.cue", "stacks/open/secrets.sops.yaml"} {
		r.good[name] = r.read(t, filepath.Join(r.dir, name))
	}
	r.keyInFile = false
	return r
}

// readValues learns the value of every slot of the stack open, and the private key. Of the files that hold a slot, the shortest is its value alone.
func (r *leakRepository) readValues(t *testing.T) {
	t.Helper()
	table, err := r.command("secrets", "unseal", "open", "--dry-run").Output()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if output, err := r.command("secrets", "unseal", "open", "--to", folder).CombinedOutput(); err != nil && os.Geteuid() == 0 {
		t.Fatalf("unseal: %v\n%s", err, output)
	}
	for row := range strings.Lines(string(table)) {
		columns := strings.Fields(row)
		if len(columns) < 5 || columns[0] == "FILE" {
			continue
		}
		slot, value := columns[len(columns)-1], strings.TrimSuffix(r.read(t, filepath.Join(folder, columns[0])), "\n")
		if known, ok := r.values[slot]; !ok || len(value) < len(known) {
			r.values[slot] = value
		}
	}
	for line := range strings.Lines(r.read(t, filepath.Join(r.dir, "key"))) {
		if strings.HasPrefix(line, "AGE-SECRET-KEY") {
			r.values["the private key"] = strings.TrimSpace(line)
		}
	}
}

// copy returns a repository like it.
func (r *leakRepository) copy(t *testing.T) *leakRepository {
	t.Helper()
	another := *r
	another.dir, another.values = t.TempDir(), maps.Clone(r.values)
	if err := os.CopyFS(another.dir, os.DirFS(r.dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(another.dir, "bin/git"), 0o755); err != nil {
		t.Fatal(err)
	}
	return &another
}

// environment is what the program is told by variables; "" stands for a variable that is not set.
func (r *leakRepository) environment() map[string]string {
	env := map[string]string{"HOME": r.home, "XDG_CONFIG_HOME": r.home, "XDG_CACHE_HOME": r.dir + "/cache", "TMPDIR": r.dir + "/temporary", "PATH": r.dir + "/bin:" + r.path, "SOPS_AGE_KEY": "", "SOPS_AGE_KEY_FILE": ""}
	switch key, known := r.values["the private key"]; {
	case known && !r.keyInFile:
		env["SOPS_AGE_KEY"] = key
	case known:
		env["SOPS_AGE_KEY_FILE"] = r.dir + "/key"
	}
	return env
}

// command is the program in a process of its own.
func (r *leakRepository) command(arguments ...string) *exec.Cmd {
	cmd := exec.Command(r.program, arguments...)
	cmd.Dir = r.dir
	env := r.environment()
	cmd.Env = slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		_, ours := env[name]
		return ours
	})
	for name, value := range env {
		if value != "" {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	return cmd
}

// enter makes the repository what this process works in, until the test ends.
func (r *leakRepository) enter(t *testing.T) {
	t.Helper()
	for name, value := range r.environment() {
		t.Setenv(name, value) // has the variable set back
		if value == "" {
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Chdir(r.dir)
	r.needles = needles(r.values)
}

func (r *leakRepository) must(t *testing.T, arguments ...string) {
	t.Helper()
	if output, err := r.command(arguments...).CombinedOutput(); err != nil {
		t.Fatalf("matrixgen %s: %v\n%s", strings.Join(arguments, " "), err, output)
	}
}

// run runs the program, which may fail, and looks at what it says; the caller has entered the repository.
func (r *leakRepository) run(t *testing.T, arguments ...string) {
	t.Helper()
	r.judge(t, runHere(t, r, arguments), "", arguments)
}

// runOnTerminal does so with a terminal for what it prints, where findings come with the lines that they are at.
func (r *leakRepository) runOnTerminal(t *testing.T, arguments ...string) {
	t.Helper()
	r.judge(t, runHereOnTerminal(t, r, arguments), " on a terminal", arguments)
}

// runAlone does so in a process of its own, as users start it.
func (r *leakRepository) runAlone(t *testing.T, arguments ...string) {
	t.Helper()
	cmd := r.command(arguments...)
	cmd.Stdin = strings.NewReader(r.values["synapse_database_password"])
	output, _ := cmd.CombinedOutput()
	r.judge(t, output, " in a process", arguments)
}

func (r *leakRepository) judge(t *testing.T, output []byte, where string, arguments []string) {
	t.Helper()
	if bytes.Contains(output, []byte("goroutine ")) {
		t.Errorf("matrixgen %s panics:\n%s", strings.Join(arguments, " "), output)
	}
	if bytes.Contains(output, []byte("unknown flag")) || bytes.Contains(output, []byte("unknown command")) {
		t.Errorf("matrixgen %s proves nothing: %s", strings.Join(arguments, " "), output)
	}
	if name := leaked(output, r.needles); name != "" {
		t.Errorf("matrixgen %s prints %s%s:\n%s", strings.Join(arguments, " "), name, where, output)
	}
}

// forget takes a stack out of the repository and its index.
func (r *leakRepository) forget(t *testing.T, stack string) {
	t.Helper()
	r.git(t, "rm", "-q", "-r", "-f", "stacks/"+stack, "out/"+stack)
}

// search looks at all files of the repository, and at the user's cache, which is kept beside them, but for those that the test wrote values into.
func (r *leakRepository) search(t *testing.T, but ...string) {
	t.Helper()
	found := 0
	err := filepath.WalkDir(r.dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(r.dir, file)
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains(but, name):
			return fs.SkipDir
		case entry.IsDir() || slices.Contains(but, name):
			return nil
		}
		found++
		content, err := os.ReadFile(file)
		if secret := leaked(content, r.needles); secret != "" {
			t.Errorf("%s holds %s", name, secret)
		}
		return err
	})
	if err != nil || found == 0 {
		t.Fatal(found, "files:", err)
	}
}

// leakDirectory returns files of testdata/by-hand.txtar with values in the places of their names.
func leakDirectory(t *testing.T, values map[string]string) map[string]string {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/by-hand.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range archive.Files {
		text := string(f.Data)
		for name, value := range values {
			if name == "PEM" {
				value = strings.ReplaceAll(value, "\n", "\n      ")
			}
			text = strings.ReplaceAll(text, "<"+name+">", strings.ReplaceAll(value, `"`, `\"`))
		}
		files[f.Name] = text
	}
	return files
}

func (r *leakRepository) git(t *testing.T, arguments ...string) {
	t.Helper()
	cmd := exec.Command("git", arguments...)
	cmd.Dir = r.dir
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %s: %v\n%s", arguments[0], err, output)
	}
}

func (r *leakRepository) read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func (r *leakRepository) write(t *testing.T, name, content string) {
	t.Helper()
	file := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
