package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestNoLeak runs every verb in every format, on good and on bad input, with known values in every slot, and looks for these in all that the
// program prints, writes, leaves behind and hands to other programs.
func TestNoLeak(t *testing.T) {
	r := newLeakRepository(t)
	verbs := [][]string{
		{"build"}, {"build", "--check"}, {"secrets", "init"}, {"secrets", "exec", "shut", "--", "true"}, {"secrets", "rotate", "--yes", "open", "matrix_secret"},
		{"secrets", "set", "open", "mas_signing_key_rsa"}, {"secrets", "set", "open", "smtp_password", "--from", "clear"},
		{"lint", "--color", "always"}, {"lint", "--format", "sarif", "stacks"}, {"secrets", "check", "--format", "github"},
		{"secrets", "check", "--format", "json=temporary/findings", "--format", "sarif"},
		{"graph", "open"}, {"graph", "open", "--output", "temporary/open.svg"}, {"graph", "out/open", "--format", "dot"},
	}
	values := r.values(t)
	write := func(name, text string) func() {
		return func() { r.write(t, name, text) }
	}
	lines := func(form string) string {
		var text strings.Builder
		for name, value := range values {
			fmt.Fprintf(&text, form, name, value)
		}
		return text.String()
	}
	sealed := r.read(t, "stacks/open/secrets.sops.yaml")
	const stack = "package open\n\nserverName: \"example.org\"\nsmtp: {host: \"mail.example.org\", username: \"matrix\", from: \"matrix@example.org\"}\n"
	for name, spoil := range map[string]func(){
		"good":                func() {},
		"clear":               write("stacks/open/secrets.sops.yaml", lines("%s: %q\n")),
		"half clear":          write("stacks/open/secrets.sops.yaml", lines("%s: %q\n")+sealed),
		"one more clear":      write("stacks/open/secrets.sops.yaml", strings.Replace(sealed, "\nsops:", "\nmore: {deep: ["+values["matrix_secret"]+"]}\nsops:", 1)),
		"not YAML":            write("stacks/open/secrets.sops.yaml", lines("%s: %q: [\n\t")),
		"twice":               write("stacks/open/secrets.sops.yaml", lines("%[2]q: 1\n%[2]q: 2\n")),
		"a value as a key":    write("stacks/open/secrets.sops.yaml", strings.Replace(sealed, "\nsops:", "\n"+values["matrix_secret"]+"\nsops:", 1)),
		"merge conflict":      write("stacks/open/secrets.sops.yaml", "<<<<<<< a\n"+lines("%s: %q\n")+"=======\n>>>>>>> b\n"),
		"in the stack":        write("stacks/open/stack.cue", stack+"override: mas: matrix: secret: \""+values["matrix_secret"]+"\"\n"),
		"in an override":      write("stacks/open/stack.cue", stack+"override: synapse: turn_shared_secret: \""+values["smtp_password"]+"\"\n"),
		"of the wrong type":   write("stacks/open/stack.cue", stack+"override: synapse: macaroon_secret_key: [\""+values["synapse_macaroon_secret_key"]+"\"]\n"),
		"in a wrong field":    write("stacks/open/stack.cue", stack+"override: mas: matrix: secrett: \""+values["matrix_secret"]+"\"\n"),
		"in an environment":   write("stacks/open/stack.cue", stack+"extra: services: bot: {image: \"bot:1\", environment: ACCESS_TOKEN: \""+values["matrix_secret"]+"\"}\n"),
		"as private key":      write("key", values["mas_signing_key_rsa"]),
		"as rules":            write(".sops.yaml", "creation_rules:\n  - age: "+values["matrix_secret"]+"\n"),
		"in what Git commits": func() { r.write(t, "out/open/note", lines("%s=%s\n")); r.git(t, "add", "-f", "out/open/note") },
	} {
		t.Run(name, func(t *testing.T) {
			r.restore(t)
			spoil()
			for _, verb := range verbs {
				r.run(t, values, verb...)
			}
			if name != "in what Git commits" && name != "in an environment" { // these are the operator's own doing
				r.search(t, values, "out")
			}
			r.search(t, values, "temporary")
			r.search(t, values, "seen-by-git")
		})
	}
}

// leakRepository is a repository with two stacks, open and shut, whose secrets are known to the test.
type leakRepository struct {
	dir, home, program string
	good               map[string]string // contents by name
}

func newLeakRepository(t *testing.T) *leakRepository {
	t.Helper()
	r := &leakRepository{dir: t.TempDir(), home: t.TempDir(), good: map[string]string{}}
	r.program = filepath.Join(t.TempDir(), "matrixgen")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, r.program); err != nil {
		t.Fatal(err)
	}
	// A git that writes down what it is told and what it could see.
	real, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not installed")
	}
	r.write(t, "bin/git", "#!/bin/sh\n{ echo \"$@\"; env; } >>"+r.dir+"/seen-by-git\nexec "+real+" \"$@\"\n")
	if err := os.Chmod(filepath.Join(r.dir, "bin/git"), 0o755); err != nil {
		t.Fatal(err)
	}
	r.write(t, "stacks/open/stack.cue", "package open\n\nserverName: \"example.org\"\nsmtp: {host: \"mail.example.org\", username: \"matrix\", from: \"matrix@example.org\"}\n")
	r.write(t, "stacks/shut/stack.cue", "package shut\n\nserverName: \"shut.example\"\nsecrets: from: \"environment\"\n")
	r.write(t, "temporary/.keep", "")
	r.git(t, "init", "-q")
	if output, err := r.command("secrets", "init").CombinedOutput(); err != nil {
		t.Fatalf("secrets init: %v\n%s", err, output)
	}
	r.write(t, "clear", `a p:"%ssword' \ of umlauts äöü`)
	if output, err := r.command("secrets", "set", "open", "smtp_password", "--from", "clear").CombinedOutput(); err != nil {
		t.Fatalf("secrets set: %v\n%s", err, output)
	}
	key, err := os.ReadFile(filepath.Join(r.home, "sops/age/keys.txt"))
	if err != nil {
		t.Fatal(err)
	}
	r.write(t, "key", string(key))
	for _, name := range []string{"stacks/open/stack.cue", "stacks/open/secrets.sops.yaml", "stacks/shut/secrets.sops.yaml", ".sops.yaml", "key"} {
		r.good[name] = r.read(t, name)
	}
	return r
}

// values returns the value of every slot of the stack open, and the private key.
func (r *leakRepository) values(t *testing.T) map[string]string {
	t.Helper()
	folder := t.TempDir()
	if output, err := r.command("secrets", "unseal", "open", "--to", folder).CombinedOutput(); err != nil && os.Geteuid() == 0 {
		t.Fatalf("unseal: %v\n%s", err, output)
	}
	values := map[string]string{}
	for slot, file := range map[string]string{
		"matrix_secret": "mas_matrix_secret", "mas_encryption_key": "mas_encryption", "mas_signing_key_rsa": "mas_signing_key_rsa",
		"mas_signing_key_ec": "mas_signing_key_ec", "mas_database_password": "mas_database_password", "smtp_password": "mas_smtp_password",
		"upstream_client_secret": "mas_upstream_client_secret", "synapse_signing_key": "synapse_signing_key", "pocket_id_encryption_key": "pocket_id_encryption_key",
		"synapse_macaroon_secret_key": "synapse_macaroon_secret_key", "synapse_database_password": "synapse_postgres_password",
	} {
		content, err := os.ReadFile(filepath.Join(folder, file))
		if err != nil {
			t.Fatal(err)
		}
		values[slot] = strings.TrimSuffix(string(content), "\n")
	}
	for line := range strings.Lines(r.read(t, "key")) {
		if strings.HasPrefix(line, "AGE-SECRET-KEY") {
			values["the private key"] = strings.TrimSpace(line)
		}
	}
	return values
}

func (r *leakRepository) command(arguments ...string) *exec.Cmd {
	cmd := exec.Command(r.program, arguments...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "HOME="+r.home, "XDG_CONFIG_HOME="+r.home, "TMPDIR="+r.dir+"/temporary", "PATH="+r.dir+"/bin:"+os.Getenv("PATH"))
	if _, made := r.good["key"]; made {
		cmd.Env = append(cmd.Env, "SOPS_AGE_KEY_FILE="+r.dir+"/key")
	}
	return cmd
}

// run runs the program, which may fail, and looks at what it says.
func (r *leakRepository) run(t *testing.T, values map[string]string, arguments ...string) {
	t.Helper()
	cmd := r.command(arguments...)
	cmd.Stdin = strings.NewReader(values["synapse_database_password"])
	output, _ := cmd.CombinedOutput()
	if bytes.Contains(output, []byte("goroutine ")) {
		t.Errorf("matrixgen %s panics:\n%s", strings.Join(arguments, " "), output)
	}
	if name := leaked(output, values); name != "" {
		t.Errorf("matrixgen %s prints %s:\n%s", strings.Join(arguments, " "), name, output)
	}
}

// search looks at a file, or at the files of a folder.
func (r *leakRepository) search(t *testing.T, values map[string]string, name string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(r.dir, name), func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return nil // not there: nothing is left behind
		}
		content, err := os.ReadFile(file)
		if name := leaked(content, values); name != "" {
			t.Errorf("%s holds %s", file, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// leaked returns the name of a value that the text holds, as it is or in an encoding that anybody can undo.
func leaked(text []byte, values map[string]string) string {
	for name, value := range values {
		for line := range strings.Lines(value) {
			if line = strings.TrimSpace(line); len(line) < 12 || strings.HasPrefix(line, "-----") {
				continue
			}
			for encoding, encoded := range map[string]string{
				"": line, " in base64": strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(line)), "="), " in URL base64": strings.TrimRight(base64.URLEncoding.EncodeToString([]byte(line)), "="),
				" in hex": hex.EncodeToString([]byte(line)), " in a URL": url.QueryEscape(line), " in a path": url.PathEscape(line), " quoted": strings.Trim(fmt.Sprintf("%q", line), `"`),
			} {
				if bytes.Contains(text, []byte(encoded)) {
					return name + encoding
				}
			}
		}
	}
	return ""
}

// restore undoes what a case did.
func (r *leakRepository) restore(t *testing.T) {
	t.Helper()
	for _, name := range []string{"out", "seen-by-git"} {
		if err := os.RemoveAll(filepath.Join(r.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	r.git(t, "rm", "-rq", "--cached", "--ignore-unmatch", ".")
	for name, content := range r.good {
		r.write(t, name, content)
	}
}

func (r *leakRepository) git(t *testing.T, arguments ...string) {
	t.Helper()
	cmd := exec.Command("git", arguments...)
	cmd.Dir = r.dir
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %s: %v\n%s", arguments[0], err, output)
	}
}

func (r *leakRepository) read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(r.dir, name))
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
