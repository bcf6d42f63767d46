package main

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// leakRepository is a repository with two stacks, open and shut, whose secrets are known to the test.
type leakRepository struct {
	dir, home, program string
	// values are those of every slot of the stack open, and the private key, by what they are called.
	values map[string]string
	// good are contents by the names of files.
	good map[string]string
	// keyInFile says that the private key is in the file key, and not in a variable.
	keyInFile bool
}

func newLeakRepository(t *testing.T) *leakRepository {
	t.Helper()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not installed")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r := &leakRepository{dir: t.TempDir(), home: t.TempDir(), values: map[string]string{}, good: map[string]string{}, keyInFile: true}
	r.program = filepath.Join(t.TempDir(), "matrixgen")
	if err := os.Symlink(self, r.program); err != nil {
		t.Fatal(err)
	}
	// A git that writes down what it is told and what it could see.
	r.write(t, "bin/git", "#!/bin/sh\n{ echo \"$@\"; env; } >>\"$(dirname \"$0\")/../seen-by-git\"\nexec "+git+" \"$@\"\n")
	if err := os.Chmod(filepath.Join(r.dir, "bin/git"), 0o755); err != nil {
		t.Fatal(err)
	}
	r.write(t, "stacks/open/stack.cue", "package open\n\nserverName: \"example.org\"\nsmtp: {host: \"mail.example.org\", username: \"matrix\", from: \"matrix@example.org\"}\n")
	r.write(t, "stacks/shut/stack.cue", "package shut\n\nserverName: \"shut.example\"\nsecrets: from: \"environment\"\n")
	r.write(t, "temporary/.keep", "")
	r.write(t, "clear", `a p:"%ssword' \ of umlauts äöü`)
	r.git(t, "init", "-q")
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

// readValues learns the values of the stack open, and the private key.
func (r *leakRepository) readValues(t *testing.T) {
	t.Helper()
	folder := t.TempDir()
	if output, err := r.command("secrets", "unseal", "open", "--to", folder).CombinedOutput(); err != nil && os.Geteuid() == 0 {
		t.Fatalf("unseal: %v\n%s", err, output)
	}
	for slot, file := range map[string]string{
		"matrix_secret": "mas_matrix_secret", "mas_encryption_key": "mas_encryption", "mas_signing_key_rsa": "mas_signing_key_rsa",
		"mas_signing_key_ec": "mas_signing_key_ec", "mas_database_password": "mas_database_password", "smtp_password": "mas_smtp_password",
		"upstream_client_secret": "mas_upstream_client_secret", "synapse_signing_key": "synapse_signing_key", "pocket_id_encryption_key": "pocket_id_encryption_key",
		"synapse_macaroon_secret_key": "synapse_macaroon_secret_key", "synapse_database_password": "synapse_postgres_password",
	} {
		r.values[slot] = strings.TrimSuffix(r.read(t, filepath.Join(folder, file)), "\n")
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

func (r *leakRepository) command(arguments ...string) *exec.Cmd {
	cmd := exec.Command(r.program, arguments...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "HOME="+r.home, "XDG_CONFIG_HOME="+r.home, "TMPDIR="+r.dir+"/temporary", "PATH="+r.dir+"/bin:"+os.Getenv("PATH"))
	switch key, known := r.values["the private key"]; {
	case known && !r.keyInFile:
		cmd.Env = append(cmd.Env, "SOPS_AGE_KEY="+key)
	case known:
		cmd.Env = append(cmd.Env, "SOPS_AGE_KEY_FILE="+r.dir+"/key")
	}
	return cmd
}

func (r *leakRepository) must(t *testing.T, arguments ...string) {
	t.Helper()
	if output, err := r.command(arguments...).CombinedOutput(); err != nil {
		t.Fatalf("matrixgen %s: %v\n%s", strings.Join(arguments, " "), err, output)
	}
}

// run runs the program, which may fail, and looks at what it says.
func (r *leakRepository) run(t *testing.T, arguments ...string) {
	t.Helper()
	cmd := r.command(arguments...)
	cmd.Stdin = strings.NewReader(r.values["synapse_database_password"])
	output, _ := cmd.CombinedOutput()
	r.judge(t, output, "", arguments)
}

// runOnTerminal does so with a terminal for what it says, where findings come with the lines that they are at.
func (r *leakRepository) runOnTerminal(t *testing.T, arguments ...string) {
	t.Helper()
	cmd := r.command(arguments...)
	r.judge(t, onTerminal(t, cmd), " on a terminal", arguments)
}

func (r *leakRepository) judge(t *testing.T, output []byte, where string, arguments []string) {
	t.Helper()
	if bytes.Contains(output, []byte("goroutine ")) {
		t.Errorf("matrixgen %s panics:\n%s", strings.Join(arguments, " "), output)
	}
	if bytes.Contains(output, []byte("unknown flag")) || bytes.Contains(output, []byte("unknown command")) {
		t.Errorf("matrixgen %s proves nothing: %s", strings.Join(arguments, " "), output)
	}
	if name := leaked(output, r.values); name != "" {
		t.Errorf("matrixgen %s prints %s%s:\n%s", strings.Join(arguments, " "), name, where, output)
	}
}

// search looks at a file, or at the files of a folder.
func (r *leakRepository) search(t *testing.T, name string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(r.dir, name), func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return nil // not there: nothing is left behind
		}
		content, err := os.ReadFile(file)
		if name := leaked(content, r.values); name != "" {
			t.Errorf("%s holds %s", file, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
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
