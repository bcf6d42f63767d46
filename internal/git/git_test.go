package git_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/matrixgen/matrixgen/internal/git"
)

// repository makes a repository of an empty folder, isolated from the configuration of whoever runs the test.
func repository(t *testing.T, options ...string) string {
	t.Helper()
	for name, value := range map[string]string{
		"HOME": t.TempDir(), "XDG_CONFIG_HOME": t.TempDir(), "GIT_CONFIG_NOSYSTEM": "1", "GIT_DIR": "", "GIT_INDEX_FILE": "", "GIT_WORK_TREE": "",
		"GIT_AUTHOR_NAME": "Ann", "GIT_AUTHOR_EMAIL": "ann@example.org", "GIT_COMMITTER_NAME": "Ann", "GIT_COMMITTER_EMAIL": "ann@example.org",
	} {
		t.Setenv(name, value)
		if value == "" {
			os.Unsetenv(name)
		}
	}
	dir := t.TempDir()
	run(t, dir, append([]string{"init", "--quiet", "--initial-branch=main"}, options...)...)
	return dir
}

func run(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func commit(t *testing.T, dir string) {
	t.Helper()
	run(t, dir, "add", "--all")
	run(t, dir, "commit", "--quiet", "--message=x")
}

func open(t *testing.T, dir string) *git.Repository {
	t.Helper()
	r, err := git.Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func revision(t *testing.T, dir, name string) *git.Tree {
	t.Helper()
	tree, err := open(t, dir).Revision(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tree.Close() })
	return tree
}

func index(t *testing.T, dir string) *git.Tree {
	t.Helper()
	tree, err := open(t, dir).Index(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tree.Close() })
	return tree
}

func want(t *testing.T, fsys fs.FS, name, content string) {
	t.Helper()
	got, err := fs.ReadFile(fsys, name)
	if err != nil || string(got) != content {
		t.Errorf("%s is %q, %v; want %q", name, got, err, content)
	}
}

// TestTreeIsFileSystem holds the trees against the rules of io/fs, in both kinds of repository.
func TestTreeIsFileSystem(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		t.Run(format, func(t *testing.T) {
			dir := repository(t, "--object-format="+format)
			write(t, dir, "stacks/home/stack.cue", "package home\n")
			write(t, dir, "out/ü \t\"x\"\n.yaml", "a: 1\n")
			write(t, dir, "empty", "")
			write(t, dir, "run.sh", "#!/bin/sh\n")
			if err := os.Chmod(filepath.Join(dir, "run.sh"), 0o755); err != nil {
				t.Fatal(err)
			}
			commit(t, dir)
			for _, tree := range []*git.Tree{revision(t, dir, "HEAD"), index(t, dir)} {
				if err := fstest.TestFS(tree, "stacks/home/stack.cue", "out/ü \t\"x\"\n.yaml", "empty", "run.sh"); err != nil {
					t.Error(err)
				}
				if info, err := fs.Stat(tree, "run.sh"); err != nil || info.Mode() != 0o755 || info.Size() != 10 {
					t.Errorf("run.sh is %v, %v", info, err)
				}
			}
		})
	}
}

// TestNamesThatAreNoText: such a file is listed, as on the disk, and the others are read.
func TestNamesThatAreNoText(t *testing.T) {
	dir := repository(t)
	write(t, dir, "a\xff.yaml", "x")
	write(t, dir, "b.yaml", "y")
	commit(t, dir)
	tree := revision(t, dir, "main")
	entries, err := fs.ReadDir(tree, ".")
	if err != nil || len(entries) != 2 || entries[0].Name() != "a\xff.yaml" {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
	want(t, tree, "b.yaml", "y")
}

// TestSubfolder: names are relative to the folder that was opened, and a folder that a revision lacks is empty.
func TestSubfolder(t *testing.T) {
	dir := repository(t)
	write(t, dir, "README", "x")
	commit(t, dir)
	write(t, dir, "deploy/matrix/stacks/x.cue", "one")
	run(t, dir, "add", "--all")
	sub := filepath.Join(dir, "deploy", "matrix")
	want(t, index(t, sub), "stacks/x.cue", "one")
	if entries, err := fs.ReadDir(revision(t, sub, "HEAD"), "."); err != nil || len(entries) != 0 {
		t.Errorf("the folder holds %v, %v before it was made", entries, err)
	}
}

// TestIndex: the index is what a commit would record, whatever the work tree holds.
func TestIndex(t *testing.T) {
	dir := repository(t)
	write(t, dir, "staged", "old")
	write(t, dir, "deleted", "old")
	write(t, dir, "kept", "old")
	commit(t, dir)
	write(t, dir, "staged", "new")
	run(t, dir, "add", "staged")
	run(t, dir, "rm", "--quiet", "deleted")
	write(t, dir, "staged", "newer, not staged")
	write(t, dir, "kept", "changed, not staged")
	write(t, dir, "untracked", "x")
	write(t, dir, "announced", "x")
	run(t, dir, "add", "--intent-to-add", "announced")
	tree := index(t, dir)
	want(t, tree, "staged", "new")
	want(t, tree, "kept", "old")
	for _, name := range []string{"deleted", "untracked", "announced"} {
		if _, err := fs.Stat(tree, name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is in the index: %v", name, err)
		}
	}
	want(t, revision(t, dir, "HEAD"), "deleted", "old")
}

// TestFirstCommit: there is an index before there is a revision.
func TestFirstCommit(t *testing.T) {
	dir := repository(t)
	write(t, dir, "a", "x")
	run(t, dir, "add", "a")
	want(t, index(t, dir), "a", "x")
	refused(t, dir, "HEAD", `there is no revision "HEAD" in this repository`, "git fetch")
}

func TestUnmergedIndex(t *testing.T) {
	dir := repository(t)
	write(t, dir, "a", "one\n")
	commit(t, dir)
	run(t, dir, "checkout", "--quiet", "-b", "side")
	write(t, dir, "a", "two\n")
	commit(t, dir)
	run(t, dir, "checkout", "--quiet", "main")
	write(t, dir, "a", "three\n")
	commit(t, dir)
	merge := exec.Command("git", "merge", "side")
	merge.Dir = dir
	if err := merge.Run(); err == nil {
		t.Fatal("the merge had no conflict")
	}
	_, err := open(t, dir).Index(context.Background())
	var refusal *git.Refusal
	if !errors.As(err, &refusal) || refusal.Message != "a is not merged" {
		t.Errorf("err %v", err)
	}
}

func TestMergeBase(t *testing.T) {
	dir := repository(t)
	write(t, dir, "a", "one")
	commit(t, dir)
	base := run(t, dir, "rev-parse", "HEAD")
	run(t, dir, "checkout", "--quiet", "-b", "side")
	write(t, dir, "b", "two")
	commit(t, dir)
	run(t, dir, "checkout", "--quiet", "main")
	write(t, dir, "c", "three")
	commit(t, dir)
	got, err := open(t, dir).MergeBase(context.Background(), "main", "side")
	if err != nil || got != base {
		t.Errorf("merge base %s, %v; want %s", got, err, base)
	}
	run(t, dir, "checkout", "--quiet", "--orphan", "alone")
	commit(t, dir)
	if _, err := open(t, dir).MergeBase(context.Background(), "main", "alone"); err == nil || err.Error() != "main and alone have no common ancestor in this repository" {
		t.Errorf("err %v", err)
	}
}

// TestUnknownRevision also passes options, which git must not take for its own.
func TestUnknownRevision(t *testing.T) {
	dir := repository(t)
	write(t, dir, "a", "x")
	commit(t, dir)
	for _, name := range []string{"", "nope", "--all", "-h", "main:a", "HEAD~9"} {
		refused(t, dir, name, "there is no revision", "git fetch")
	}
}

func TestShallowClone(t *testing.T) {
	dir := repository(t)
	for _, content := range []string{"one", "two"} {
		write(t, dir, "a", content)
		commit(t, dir)
	}
	clone := filepath.Join(t.TempDir(), "clone")
	run(t, dir, "clone", "--quiet", "--depth=1", "file://"+dir, clone)
	refused(t, clone, "HEAD~1", `there is no revision "HEAD~1"`, "fetch-depth: 0")
	want(t, revision(t, clone, "HEAD"), "a", "two")
}

func refused(t *testing.T, dir, name, message, hint string) {
	t.Helper()
	_, err := open(t, dir).Revision(context.Background(), name)
	var refusal *git.Refusal
	if !errors.As(err, &refusal) || !strings.Contains(refusal.Message, message) || !strings.Contains(refusal.Hint, hint) {
		t.Errorf("revision %q: %#v", name, err)
	}
}

func TestNoRepository(t *testing.T) {
	repository(t)
	bare := filepath.Join(t.TempDir(), "bare.git")
	run(t, t.TempDir(), "init", "--quiet", "--bare", bare)
	for dir, message := range map[string]string{
		t.TempDir():                  "is in no Git repository",
		bare:                         "bare",
		filepath.Join(bare, "hooks"): "bare",
	} {
		_, err := git.Open(context.Background(), dir)
		var refusal *git.Refusal
		if !errors.As(err, &refusal) || !strings.Contains(refusal.Message, message) {
			t.Errorf("%s: %v", dir, err)
		}
	}
	dir := repository(t)
	t.Setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1") // how git's own tests do it
	_, err := git.Open(context.Background(), dir)
	var refusal *git.Refusal
	if !errors.As(err, &refusal) || !strings.Contains(refusal.Hint, "safe.directory "+dir) {
		t.Errorf("another's repository: %#v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := git.Open(context.Background(), dir); err == nil || err.Error() != "git is not installed, or not in PATH" {
		t.Errorf("without git: %v", err)
	}
}
