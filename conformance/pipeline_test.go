package conformance

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// shell runs lines as CIs do: GitHub documents bash --noprofile --norc -eo pipefail for "shell: bash".
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
func (c clone) shell(t *testing.T, lines string) (string, int) {
	t.Helper()
	return c.run(t, "bash", "--noprofile", "--norc", "-eo", "pipefail", write(t, []byte(lines), t.TempDir(), "lines"))
}

// TestAction runs the steps of ci/action.yml for a pull request: the tool is built, the change is checked, told in the summary, and commented on.
func TestAction(t *testing.T) {
	f := newForge(t, "github")
	runner := t.TempDir()
	values := map[string]string{
		"github.action_path": script(t, "ci"), "inputs.url": "", "inputs.sha256": "", "github.token": forgeToken, "github.event.pull_request.number": "7", "runner.temp": runner,
		"inputs.directory": ".", "inputs.against || github.event.pull_request.base.sha": "",
	}
	c := newClone(t).with(f.env()...).with("RUNNER_TEMP="+runner, "GITHUB_PATH="+runner+"/path", "GITHUB_OUTPUT="+runner+"/output",
		"GITHUB_STEP_SUMMARY="+runner+"/summary", "GOCACHE="+goEnv(t, "GOCACHE"), "GOMODCACHE="+goEnv(t, "GOMODCACHE"))
	values["inputs.against || github.event.pull_request.base.sha"] = c.git(t, "rev-parse", "origin/main")
	fill := func(text string) string {
		return regexp.MustCompile(`\$\{\{ (.*?) \}\}`).ReplaceAllStringFunc(text, func(expression string) string {
			value, known := values[expression[4:len(expression)-3]]
			if !known {
				t.Fatalf("the test has no value for %s", expression)
			}
			return value
		})
	}
	var action struct {
		Runs struct {
			Steps []struct {
				Name, Run string
				Env       map[string]string
				Directory string `yaml:"working-directory"`
			}
		}
	}
	parse(t, script(t, "ci/action.yml"), &action)
	for _, step := range action.Runs.Steps {
		if step.Run == "" {
			continue // another action
		}
		in := c
		if path, err := os.ReadFile(runner + "/path"); err == nil {
			in = in.with("PATH=" + strings.TrimSpace(string(path)) + ":" + os.Getenv("PATH"))
		}
		for name, value := range step.Env {
			in = in.with(name + "=" + fill(value))
		}
		if directory := fill(step.Directory); filepath.IsAbs(directory) {
			in.dir = directory
		}
		if said, code := in.shell(t, step.Run); code != 0 || strings.Contains(said, forgeToken) {
			t.Errorf("%s: exit code %d\n%s", step.Name, code, said)
		}
	}
	summary, _ := os.ReadFile(runner + "/summary")
	if ours := f.ours(); len(ours) != 1 || !strings.Contains(ours[0].body, "`Europe/Berlin`") || !strings.Contains(string(summary), "`Europe/Berlin`") {
		t.Errorf("the comments are %v, and the summary is\n%s", ours, summary)
	}
	if output, _ := os.ReadFile(runner + "/output"); string(output) != "build=true\nsarif="+runner+"/matrixgen-report/findings.sarif\n" {
		t.Errorf("the output is %s", output)
	}
}

func parse(t *testing.T, file string, to any) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err == nil {
		err = yaml.Unmarshal(content, to)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestGitLab runs the job of GitLab, with the program in PATH. A merge request that is bad gets its comment, and fails.
func TestGitLab(t *testing.T) {
	var pipeline struct {
		Matrixgen struct {
			Variables map[string]string
			Script    []string
		}
	}
	file := workflow(t, "gitlab", ".gitlab-ci.yml")
	parse(t, file, &pipeline)
	scripts := os.DirFS(filepath.Join(filepath.Dir(file), ".matrixgen"))
	bin := t.TempDir()
	if err := os.Symlink(tool, filepath.Join(bin, "matrixgen")); err != nil {
		t.Fatal(err)
	}
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	original := newClone(t)
	tests := map[string]struct {
		token    string
		change   string
		code     int
		comments int
	}{
		"good":         {token: forgeToken, comments: 1},
		"bad":          {token: forgeToken, change: "synapse: maxUploadSize: \"200M\"\n", code: 1, comments: 1},
		"from a fork":  {},
		"no token yet": {change: "serverName: 1\n", code: 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := newForge(t, "gitlab")
			c := original.copy(t)
			c.edit(t, test.change)
			if err := os.CopyFS(filepath.Join(c.dir, ".matrixgen"), scripts); err != nil {
				t.Fatal(err)
			}
			base := c.git(t, "merge-base", "origin/main", "HEAD")
			c = c.with(f.env()...).with("PATH="+bin+":"+filepath.Dir(git)+":/usr/bin:/bin", "CI_PROJECT_DIR="+c.dir, "CI_MERGE_REQUEST_DIFF_BASE_SHA="+base,
				"MATRIXGEN_TOKEN="+test.token)
			for name, value := range pipeline.Matrixgen.Variables {
				c = c.with(name + "=" + strings.ReplaceAll(value, "$CI_PROJECT_DIR", c.dir))
			}
			said, code := c.shell(t, strings.Join(pipeline.Matrixgen.Script, "\n"))
			if code != test.code || len(f.ours()) != test.comments || strings.Contains(said, forgeToken) {
				t.Errorf("exit code %d, want %d; comments: %v\n%s", code, test.code, f.ours(), said)
			}
			for _, report := range []string{"diff.md", "codequality.json"} {
				c.read(t, "matrixgen-report/"+report)
			}
		})
	}
}
