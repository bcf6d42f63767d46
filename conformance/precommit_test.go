package conformance

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// hooked is a repository whose commits the real pre-commit checks, with the hooks of .pre-commit-hooks.yaml.
type hooked struct {
	dir string
	env []string
}

// newHooked returns a repository with a stack, built and staged. The hooks come from this repository as it is committed.
func newHooked(t *testing.T, hooks ...string) hooked {
	t.Helper()
	program := os.Getenv("MATRIXGEN_CONFORMANCE_PRE_COMMIT")
	if program == "" {
		t.Skip("MATRIXGEN_CONFORMANCE_PRE_COMMIT does not say where pre-commit is: conformance/run does")
	}
	home := t.TempDir()
	h := hooked{filepath.Join(t.TempDir(), "chat"), append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_CACHE_HOME="+home+"/cache",
		"PATH="+filepath.Dir(tool)+":"+filepath.Dir(program)+":"+os.Getenv("PATH"), "GIT_CONFIG_GLOBAL="+home+"/gitconfig", "GOPROXY=off", "GOFLAGS=-modcacherw",
		"GOCACHE="+goEnv(t, "GOCACHE"), "GOMODCACHE="+goEnv(t, "GOMODCACHE"))}
	write(t, []byte("[user]\nname = Operator\nemail = operator@example.org\n[safe]\ndirectory = *\n[protocol \"file\"]\nallow = always\n"), home, "gitconfig")
	h.must(t, ".", tool, "init", h.dir, "--server-name", "example.org", "--provider", "pocket-id", "--ci", "none")
	repository, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	revision := strings.TrimSpace(h.must(t, repository, "git", "rev-parse", "HEAD"))
	config := "repos:\n  - repo: " + repository + "\n    rev: " + revision + "\n    hooks:\n"
	for _, hook := range hooks {
		config += "      - id: " + hook + "\n"
	}
	write(t, []byte(config), h.dir, ".pre-commit-config.yaml")
	h.must(t, h.dir, tool, "build")
	h.must(t, h.dir, program, "install")
	h.must(t, h.dir, "git", "add", ".")
	return h
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	value, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(value))
}

func (h hooked) run(dir, program string, arguments ...string) (string, error) {
	cmd := exec.Command(program, arguments...)
	cmd.Dir, cmd.Env = dir, h.env
	output, err := cmd.CombinedOutput()
	return string(output), err
}

func (h hooked) must(t *testing.T, dir, program string, arguments ...string) string {
	t.Helper()
	output, err := h.run(dir, program, arguments...)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(arguments, " "), err, output)
	}
	return output
}

// accepts commits what is staged.
func (h hooked) accepts(t *testing.T) {
	t.Helper()
	h.must(t, h.dir, "git", "commit", "-qm", "good")
}

// refuses fails the test if what is staged is committed, if the hooks do not say why, or if they change a file.
func (h hooked) refuses(t *testing.T, why string) {
	t.Helper()
	before := h.must(t, h.dir, "git", "diff", "HEAD") + h.must(t, h.dir, "git", "status", "--short")
	output, err := h.run(h.dir, "git", "commit", "-qm", "bad")
	if err == nil {
		t.Errorf("the commit passes:\n%s", output)
	} else if !strings.Contains(output, why) {
		t.Errorf("the hooks do not say %q:\n%s", why, output)
	}
	if after := h.must(t, h.dir, "git", "diff", "HEAD") + h.must(t, h.dir, "git", "status", "--short"); after != before {
		t.Errorf("the hooks changed files:\n%s", after)
	}
	h.must(t, h.dir, "git", "reset", "-q", "--hard")
}

// TestPreCommit tries good commits and bad ones. What counts is what is staged, not the work tree.
func TestPreCommit(t *testing.T) {
	h := newHooked(t, "matrixgen-build-system", "matrixgen-lint-system", "matrixgen-secrets-system")
	h.accepts(t)
	stack, compose := filepath.Join(h.dir, "stacks/example/stack.cue"), filepath.Join(h.dir, "out/example/docker-compose.yml")
	change := func(text string) {
		content, err := os.ReadFile(stack)
		if err != nil {
			t.Fatal(err)
		}
		write(t, append(content, text...), stack)
	}
	stage := func(paths ...string) { h.must(t, h.dir, "git", append([]string{"add"}, paths...)...) }

	change("timeZone: \"Europe/Berlin\"\n")
	stage("stacks")
	h.refuses(t, "out/example/docker-compose.yml: stale")

	change("timeZone: \"Europe/Berlin\"\n")
	h.must(t, h.dir, tool, "build")
	stage("stacks") // and not out/
	h.refuses(t, "out/example/docker-compose.yml: stale")

	change("timeZone: \"Europe/Berlin\"\n")
	h.must(t, h.dir, tool, "build")
	stage("out") // and not stacks/
	h.refuses(t, "out/example/docker-compose.yml")

	change("timeZone: \"Europe/Berlin\"\n")
	h.must(t, h.dir, tool, "build")
	stage(".")
	change("timeZone: 1\n") // what is not staged does not matter
	h.accepts(t)
	h.must(t, h.dir, "git", "checkout", "-q", ".")

	content, err := os.ReadFile(compose)
	if err != nil {
		t.Fatal(err)
	}
	write(t, []byte(strings.Replace(string(content), "restart: unless-stopped", "restart: always", 1)), compose)
	stage(".")
	h.refuses(t, "out/example/docker-compose.yml: edited")

	h.must(t, h.dir, "git", "rm", "-q", "out/example/mas-config.yaml") // pre-commit itself does not count it
	h.refuses(t, "out/example/mas-config.yaml: missing")

	write(t, []byte("left"), h.dir, "out/example/extra.yaml")
	stage("-f", "out/example/extra.yaml")
	h.refuses(t, "out/example/extra.yaml: extra")

	change("override: synapse: max_uplod_size: \"1M\"\n")
	stage(".")
	h.refuses(t, "did you mean max_upload_size?")

	if err := os.MkdirAll(filepath.Join(h.dir, "out/example/secrets"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, []byte("in clear"), h.dir, "out/example/secrets/mas_encryption")
	stage("-f", "out/example/secrets/mas_encryption")
	h.refuses(t, "secret-in-plaintext")

	write(t, []byte("mas_encryption_key: in clear\n"), h.dir, "stacks/example/secrets.sops.yaml")
	stage(".")
	h.refuses(t, "sops-leaf-unencrypted")
}

// TestPreCommitGo has pre-commit build the tool, as it does for somebody who has only Go.
func TestPreCommitGo(t *testing.T) {
	h := newHooked(t, "matrixgen-build", "matrixgen-lint", "matrixgen-secrets")
	h.accepts(t)
	h.must(t, h.dir, "git", "rm", "-q", "out/example/mas-config.yaml")
	h.refuses(t, "out/example/mas-config.yaml: missing")
}
