package git_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestLinks: a link leads on inside the tree, and nowhere out of it.
func TestLinks(t *testing.T) {
	dir := repository(t)
	write(t, dir, "stacks/real/stack.cue", "x")
	for name, target := range map[string]string{
		"stacks/alias": "real", "up": "stacks/real/../real", "chain": "stacks/alias/stack.cue",
		"outside": "../secret", "absolute": "/etc/passwd", "loop": "loop", "dangling": "nothing",
	} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	commit(t, dir)
	for _, tree := range []fs.FS{revision(t, dir, "HEAD"), index(t, dir)} {
		for _, name := range []string{"stacks/alias/stack.cue", "up/stack.cue", "chain"} {
			want(t, tree, name, "x")
		}
		for name, message := range map[string]string{
			"outside": "leads out", "absolute": "leads out", "loop": "too many", "dangling": "not exist", "../x": "invalid", "chain/x": "not exist",
		} {
			if _, err := fs.Stat(tree, name); err == nil || !strings.Contains(err.Error(), message) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if info, err := fs.Lstat(tree, "chain"); err != nil || info.Mode().Type() != fs.ModeSymlink {
			t.Errorf("chain is %v, %v", info, err)
		}
		if target, err := fs.ReadLink(tree, "absolute"); err != nil || target != "/etc/passwd" {
			t.Errorf("absolute leads to %s, %v", target, err)
		}
	}
}

// TestSubmodule: what is in a submodule is not in the tree.
func TestSubmodule(t *testing.T) {
	inner := repository(t)
	write(t, inner, "a", "x")
	commit(t, inner)
	dir := repository(t)
	write(t, dir, "b", "y")
	run(t, dir, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner, "sub")
	commit(t, dir)
	for _, tree := range []fs.FS{revision(t, dir, "HEAD"), index(t, dir)} {
		if entries, err := fs.ReadDir(tree, "sub"); err != nil || len(entries) != 0 {
			t.Errorf("the submodule holds %v, %v", entries, err)
		}
		want(t, tree, "b", "y")
	}
	want(t, revision(t, filepath.Join(dir, "sub"), "HEAD"), "a", "x")
}

// TestNothingIsRun reads a repository whose configuration names a program wherever one can be named.
func TestNothingIsRun(t *testing.T) {
	dir := repository(t)
	trap := filepath.Join(t.TempDir(), "trap")
	sprung := trap + ".sprung"
	write(t, filepath.Dir(trap), "trap", fmt.Sprintf("#!/bin/sh\ntouch %s\ncat\n", sprung))
	if err := os.Chmod(trap, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, dir, ".gitattributes", "* filter=trap diff=trap\n")
	write(t, dir, "a.txt", "x")
	commit(t, dir)
	for _, setting := range []string{
		"core.fsmonitor", "core.pager", "pager.ls-tree", "pager.cat-file", "core.editor", "core.sshCommand", "core.askPass", "diff.external",
		"diff.trap.textconv", "diff.trap.command", "filter.trap.smudge", "filter.trap.clean", "filter.trap.process", "core.hooksPath",
		"core.gitProxy", "credential.helper", "gpg.program", "uploadpack.packObjectsHook",
	} {
		run(t, dir, "config", setting, trap)
	}
	hooks := filepath.Join(dir, ".git", "hooks")
	for _, hook := range []string{"post-index-change", "fsmonitor-watchman", "reference-transaction"} {
		write(t, hooks, hook, "#!/bin/sh\n"+trap+"\n")
		if err := os.Chmod(filepath.Join(hooks, hook), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	os.Remove(sprung)
	want(t, revision(t, dir, "HEAD"), "a.txt", "x")
	want(t, index(t, dir), "a.txt", "x")
	if _, err := open(t, dir).MergeBase(context.Background(), "HEAD", "main"); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(sprung); err == nil {
		t.Error("a program of the repository's configuration was run")
	}
}

// TestPartialClone: what is missing is not fetched, by whatever program the configuration names.
func TestPartialClone(t *testing.T) {
	dir := repository(t)
	write(t, dir, "a", "x")
	commit(t, dir)
	run(t, dir, "config", "uploadpack.allowFilter", "true")
	clone := filepath.Join(t.TempDir(), "clone")
	run(t, dir, "clone", "--quiet", "--no-checkout", "--filter=blob:none", "file://"+dir, clone)
	sprung := filepath.Join(t.TempDir(), "sprung")
	run(t, clone, "config", "remote.origin.url", "ext::touch "+sprung)
	run(t, clone, "config", "protocol.ext.allow", "always")
	tree, err := open(t, clone).Revision(context.Background(), "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	if _, err := fs.ReadFile(tree, "a"); err == nil {
		t.Error("the content came from somewhere")
	}
	if _, err := os.Stat(sprung); err == nil {
		t.Error("a program of the repository's configuration was run")
	}
}

// TestNamesMadeToDoHarm: git writes no such tree, but takes one that somebody pushed.
func TestNamesMadeToDoHarm(t *testing.T) {
	dir := repository(t)
	write(t, dir, "a", "x")
	commit(t, dir)
	blob := run(t, dir, "rev-parse", "HEAD:a")
	for _, name := range []string{"..", ".", "a/b"} {
		hash := exec.Command("git", "hash-object", "-t", "tree", "-w", "--stdin", "--literally")
		hash.Dir = dir
		hash.Stdin = strings.NewReader("100644 " + name + "\x00" + raw(blob))
		tree, err := hash.Output()
		if err != nil {
			t.Fatal(err)
		}
		made := run(t, dir, "commit-tree", "-m", "x", strings.TrimSpace(string(tree)))
		if _, err := open(t, dir).Revision(context.Background(), made); name != "a/b" && (err == nil || !strings.Contains(err.Error(), "is no name of a file")) {
			t.Errorf("a tree with %q: %v", name, err)
		}
	}
}

func raw(id string) string {
	var b strings.Builder
	for i := 0; i < len(id); i += 2 {
		var octet byte
		fmt.Sscanf(id[i:i+2], "%02x", &octet)
		b.WriteByte(octet)
	}
	return b.String()
}

// TestHook: what a hook of git sees is the commit that is being made, in a linked work tree, from a folder below it, and when git commit FILE
// prepares an index of its own.
func TestHook(t *testing.T) {
	dir := repository(t)
	write(t, dir, "sub/a", "old")
	write(t, dir, "sub/b", "old")
	commit(t, dir)
	linked := filepath.Join(t.TempDir(), "linked")
	run(t, dir, "worktree", "add", "--quiet", linked)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	other := repository(t)
	write(t, other, "c", "x")
	commit(t, other)
	for _, tree := range []string{dir, linked} {
		for _, from := range []string{".", "sub"} {
			hook := fmt.Sprintf("#!/bin/sh\ncd %s\nHOOK_TEST_FOLDER=$PWD%s exec %s -test.run=TestInsideHook\n", from, map[string]string{".": "/sub", "sub": ""}[from], program)
			write(t, dir, ".git/hooks/pre-commit", hook)
			if err := os.Chmod(filepath.Join(dir, ".git/hooks/pre-commit"), 0o755); err != nil {
				t.Fatal(err)
			}
			t.Setenv("HOOK_TEST_OTHER", other)
			write(t, tree, "sub/a", "new "+from)
			write(t, tree, "sub/b", "new "+from)
			run(t, tree, "add", "sub/b")
			t.Setenv("HOOK_TEST_WANT", "new "+from)
			run(t, tree, "commit", "--message=x", "sub/a") // the index of this commit has the new a and the old b
			run(t, tree, "checkout", "--quiet", "HEAD", "sub/b")
		}
	}
}

// TestInsideHook runs in the hook of TestHook.
func TestInsideHook(t *testing.T) {
	folder := os.Getenv("HOOK_TEST_FOLDER")
	if folder == "" {
		t.Skip("this is no hook")
	}
	tree := index(t, folder)
	want(t, tree, "a", os.Getenv("HOOK_TEST_WANT"))
	want(t, tree, "b", "old")
	want(t, index(t, os.Getenv("HOOK_TEST_OTHER")), "c", "x")
}

// TestMissingObject: a broken clone is an error, and what is there is read all the same.
func TestMissingObject(t *testing.T) {
	dir := repository(t)
	write(t, dir, "a", "x")
	write(t, dir, "b", "y")
	commit(t, dir)
	blob := run(t, dir, "rev-parse", "HEAD:a")
	if err := os.Remove(filepath.Join(dir, ".git", "objects", blob[:2], blob[2:])); err != nil {
		t.Fatal(err)
	}
	tree := revision(t, dir, "HEAD")
	var at *fs.PathError
	if _, err := fs.ReadFile(tree, "a"); !errors.As(err, &at) || !strings.Contains(err.Error(), "not in this clone") {
		t.Errorf("err %v", err)
	}
	want(t, tree, "b", "y")
}
