package faults

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// verb is a command that writes.
type verb struct {
	name, arguments string
	// files is the archive that it begins with, and before are runs that make the rest.
	files  string
	before []string
	// whole is a run that fails if what the verb wrote is not whole.
	whole string
	// varies says that it writes other values each time, and alone that it makes a key for its user, who is another one each time.
	varies, alone bool
}

const password = "correct horse of the faults"

func verbs() []verb {
	return []verb{
		{name: "build", arguments: "build", files: "build", before: []string{"secrets init", "build", "cp stack.new stacks/home/stack.cue"}, whole: "build --check"},
		{name: "secrets init", arguments: "secrets init", files: "home", whole: "secrets check --open", varies: true},
		{name: "secrets set", arguments: "secrets set home smtp_password --from password", files: "secrets", before: []string{"secrets init"}, whole: "secrets check --open", varies: true},
		{name: "secrets rotate", arguments: "secrets rotate --yes home matrix_secret", files: "home", before: []string{"secrets init"}, whole: "secrets check --open", varies: true},
		{name: "secrets unseal", arguments: "secrets unseal home --to plain", files: "home", before: []string{"secrets init"}},
		{name: "lint --fix", arguments: "lint --fix deployment", files: "fix", whole: "lint deployment"},
		{name: "upgrade --write", arguments: "upgrade --write --product synapse --to 1.163.2", files: "upgrade", before: []string{"secrets init"}},
		{name: "init", arguments: "init --server-name example.org --provider none --ci github", files: "init", whole: "build", varies: true, alone: true},
	}
}

// tried are the verbs that a test disturbs: all, or without -points those that stand for them.
func tried(standFor ...string) []verb {
	return slices.DeleteFunc(verbs(), func(v verb) bool { return *points == 0 && !slices.Contains(standFor, v.name) })
}

// times is how often.
func times() int { return max(1, *points) }

// begin makes a folder in which the verb can run.
func (p *program) begin(t *testing.T, v verb) string {
	t.Helper()
	if v.name == "secrets unseal" && os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	dir := filepath.Join(t.TempDir(), "work")
	archive, err := txtar.ParseFile("testdata/" + v.files + ".txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		write(t, filepath.Join(dir, f.Name), f.Data)
	}
	if v.files != "init" && v.files != "fix" {
		write(t, filepath.Join(dir, ".sops.yaml"), read(t, filepath.Join(p.shipped, ".sops.yaml")))
	}
	for _, line := range v.before {
		words := strings.Fields(line)
		if words[0] == "cp" {
			write(t, filepath.Join(dir, words[2]), read(t, filepath.Join(dir, words[1])))
			continue
		}
		p.must(t, dir, words...)
	}
	return dir
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func write(t *testing.T, name string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// tree is what stands in a folder: the contents of files by their paths, but those that the test laid there.
type tree map[string]string

func treeOf(t *testing.T, dir string) tree {
	t.Helper()
	found := tree{}
	err := filepath.WalkDir(dir, func(name string, entry os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == ".git":
			return filepath.SkipDir
		case entry.IsDir():
			return nil
		}
		text, err := os.ReadFile(name)
		relative, _ := filepath.Rel(dir, name)
		found[filepath.ToSlash(relative)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// isLeftover reports whether a path is of what a run that was killed leaves: in folders that Git ignores by themselves, and in the one for plain secrets.
func isLeftover(path string) bool {
	return strings.Contains("/"+path, "/.matrixgen-") || strings.HasPrefix(path, "plain/.new-")
}

// holdsPassword returns the path of a file that holds the password in clear, though the test did not write it there.
func (found tree) holdsPassword() string {
	for path, text := range found {
		if bytes.Contains([]byte(text), []byte(password)) && path != "password" && !strings.HasPrefix(path, "plain/") {
			return path
		}
	}
	return ""
}
