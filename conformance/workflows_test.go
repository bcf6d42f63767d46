package conformance

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// linter returns the path of a program that reads workflows or scripts.
func linter(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("MATRIXGEN_CONFORMANCE_LINTERS")
	if dir == "" {
		t.Skip("MATRIXGEN_CONFORMANCE_LINTERS does not say where actionlint, check-jsonschema and shellcheck are: conformance/run does")
	}
	return filepath.Join(dir, name)
}

// workflow returns the workflow that matrixgen init writes.
func workflow(t *testing.T, ci, name string) string {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command(tool, "init", dir, "--server-name", "example.org", "--provider", "none", "--ci", ci)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "XDG_CONFIG_HOME=")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return filepath.Join(dir, name)
}

// TestWorkflowSchemas holds the workflows and the action against the published JSON schemas.
func TestWorkflowSchemas(t *testing.T) {
	files := map[string]string{
		workflow(t, "github", ".github/workflows/matrixgen.yml"):   "github-workflows",
		workflow(t, "forgejo", ".forgejo/workflows/matrixgen.yml"): "github-workflows",
		workflow(t, "gitlab", ".gitlab-ci.yml"):                    "gitlab-ci",
		script(t, "ci/action.yml"):                                 "github-actions",
		script(t, ".github/workflows/weekly.yml"):                  "github-workflows",
	}
	for file, schema := range files {
		said, err := exec.Command(linter(t, "check-jsonschema"), "--builtin-schema", "vendor."+schema, file).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", file, err, said)
		}
	}
}

// TestActionlint has actionlint read the workflows, with the shell in them.
func TestActionlint(t *testing.T) {
	shellcheck := linter(t, "shellcheck")
	tests := []struct {
		file   string
		ignore []string
	}{
		{workflow(t, "github", ".github/workflows/matrixgen.yml"), nil},
		{script(t, ".github/workflows/weekly.yml"), nil},
		// Forgejo's runners have other labels, and it takes actions from any URL: https://forgejo.org/docs/latest/user/actions/
		{workflow(t, "forgejo", ".forgejo/workflows/matrixgen.yml"), []string{`^label "docker" is unknown`}},
	}
	for _, test := range tests {
		arguments := []string{"-shellcheck", shellcheck}
		for _, pattern := range test.ignore {
			arguments = append(arguments, "-ignore", pattern)
		}
		if said, err := exec.Command(linter(t, "actionlint"), append(arguments, test.file)...).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, said)
		}
	}
}

// TestShellcheck reads every script of the repository.
func TestShellcheck(t *testing.T) {
	scripts := []string{"../bench/run", "run", "setup", "../ci/check", "../ci/comment", "../ci/program"}
	for _, pattern := range []string{"../.ci/*"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(found), err)
		}
		scripts = append(scripts, found...)
	}
	if said, err := exec.Command(linter(t, "shellcheck"), scripts...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, said)
	}
}
