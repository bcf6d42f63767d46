package conformance

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// clone is a clone of a repository of stacks, as a CI makes it for a pull request, and what the CI sets there.
type clone struct {
	dir string
	env []string
}

// newClone returns the clone of a pull request, the branch "change", that sets a time zone. Since it left main, main got another limit for uploads.
// The CI has no key for the secrets.
func newClone(t *testing.T) clone {
	t.Helper()
	work := t.TempDir()
	c := clone{filepath.Join(work, "chat"), nil}
	operator := filepath.Join(work, "operator")
	for _, home := range []string{operator, filepath.Join(work, "ci")} {
		if err := os.Mkdir(home, 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, []byte("[user]\nname = Operator\nemail = operator@example.org\n[init]\ndefaultBranch = main\n"), home, ".gitconfig")
	}
	c = c.with("HOME="+operator, "XDG_CONFIG_HOME="+operator, "GIT_CONFIG_NOSYSTEM=1", "PATH="+filepath.Dir(tool)+":"+os.Getenv("PATH"))
	c.git(t, "init", "-q", "--bare", filepath.Join(work, "origin"))
	c.must(t, tool, "init", ".", "--server-name", "example.org", "--provider", "none", "--ci", "none")
	c.commit(t, "")
	c.git(t, "remote", "add", "origin", "file://"+filepath.Join(work, "origin"))
	c.git(t, "checkout", "-q", "-b", "change")
	c.commit(t, "timeZone: \"Europe/Berlin\"\n")
	c.git(t, "checkout", "-q", "main")
	c.commit(t, "synapse: maxUploadSize: \"100M\"\n")
	c.git(t, "push", "-q", "origin", "main", "change")
	c.git(t, "checkout", "-q", "change")
	home := filepath.Join(work, "ci")
	return c.with("HOME="+home, "XDG_CONFIG_HOME="+home)
}

// with returns the clone with more in the environment. Of the machine's own, only what programs are found by is there.
func (c clone) with(env ...string) clone {
	if c.env == nil {
		c.env = []string{"TMPDIR=" + os.TempDir()}
	}
	c.env = append(append([]string{}, c.env...), env...)
	return c
}

// copy returns another clone of the same origin, in the same state.
func (c clone) copy(t *testing.T) clone {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "chat")
	if err := os.CopyFS(dir, os.DirFS(c.dir)); err != nil {
		t.Fatal(err)
	}
	c.dir = dir
	return c
}

// run runs a program in the clone, and returns what it says and its exit code.
func (c clone) run(t *testing.T, program string, arguments ...string) (string, int) {
	t.Helper()
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, arguments...)
	var said bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = c.dir, c.env, &said, &said
	err := cmd.Run()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	return said.String(), cmd.ProcessState.ExitCode()
}

func (c clone) must(t *testing.T, program string, arguments ...string) string {
	t.Helper()
	said, code := c.run(t, program, arguments...)
	if code != 0 {
		t.Fatalf("%s %s: exit code %d\n%s", program, strings.Join(arguments, " "), code, said)
	}
	return said
}

func (c clone) git(t *testing.T, arguments ...string) string {
	t.Helper()
	return strings.TrimSpace(c.must(t, "git", arguments...))
}

// edit adds a text to the stack.
func (c clone) edit(t *testing.T, text string) {
	t.Helper()
	file := filepath.Join(c.dir, "stacks/example/stack.cue")
	write(t, append(c.read(t, "stacks/example/stack.cue"), text...), file)
}

// commit adds a text to the stack, builds, and commits what there is.
func (c clone) commit(t *testing.T, text string) {
	t.Helper()
	c.edit(t, text)
	c.must(t, tool, "build")
	c.git(t, "add", ".")
	c.git(t, "commit", "-qm", "a change")
}

func (c clone) read(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(c.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// script returns the path of a file of this repository.
func script(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}
