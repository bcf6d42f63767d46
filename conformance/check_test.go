package conformance

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCheck runs ci/check on pull requests, good ones and bad ones. Every check runs, and nothing but the report is written.
func TestCheck(t *testing.T) {
	tests := map[string]struct {
		change     func(t *testing.T, c clone)
		env        string
		code       int
		says       string // in the log
		diff, lack string // what diff.md says, and what it must not say
	}{
		"clean": {
			change: func(*testing.T, clone) {},
			// What main got since is no change of the pull request.
			diff: "`Europe/Berlin`", lack: "max_upload_size",
		},
		"nothing": {
			change: func(t *testing.T, c clone) { c.git(t, "reset", "-q", "--hard", "HEAD~") },
			diff:   "the generated files stay as they are",
		},
		"finding": {
			change: func(t *testing.T, c clone) {
				c.commit(t, "synapse: mediaRetention: local: \"1y\"\n")
			},
			code: 1, says: "stacks/example/stack.cue:", diff: "irreversible",
		},
		"annotation": {
			change: func(t *testing.T, c clone) {
				c.commit(t, "synapse: mediaRetention: local: \"1y\"\n")
			},
			env: "GITHUB_ACTIONS=true", code: 1, says: "::error file=stacks/example/stack.cue,line=", diff: "irreversible",
		},
		"stale": {
			change: func(t *testing.T, c clone) { c.edit(t, "synapse: maxUploadSize: \"200M\"\n") },
			code:   1, says: "out/example/synapse-config.yaml: stale", diff: "max_upload_size",
		},
		"edited": {
			change: func(t *testing.T, c clone) {
				file := filepath.Join(c.dir, "out/example/synapse-config.yaml")
				write(t, append(c.read(t, "out/example/synapse-config.yaml"), "enable_registration: true\n"...), file)
			},
			code: 1, says: "out/example/synapse-config.yaml: edited", diff: "`Europe/Berlin`", lack: "enable_registration",
		},
		"broken": {
			change: func(t *testing.T, c clone) { c.edit(t, "synapse: maxUploadSize: 5 {\n") },
			code:   2, says: "stacks/example/stack.cue:", diff: "the stack does not compile",
		},
		"secret": {
			change: func(t *testing.T, c clone) {
				write(t, []byte("mas_encryption_key: in clear\n"), c.dir, "stacks/example/secrets.sops.yaml")
				c.git(t, "commit", "-qam", "a secret")
			},
			code: 2, says: "sops-leaf-unencrypted", diff: "`Europe/Berlin`", lack: "in clear",
		},
		"shallow": {
			change: func(t *testing.T, c clone) {
				origin := c.git(t, "remote", "get-url", "origin")
				if err := os.RemoveAll(c.dir); err != nil {
					t.Fatal(err)
				}
				c.git(t, "clone", "-q", "--depth=1", "--no-single-branch", "--branch=change", origin, ".")
			},
			code: 2, says: "set fetch-depth: 0 where CI checks out", diff: "could not say what this changes",
		},
		"unknown": {
			change: func(t *testing.T, c clone) { c.git(t, "branch", "-qrd", "origin/main") },
			code:   2, says: `no revision "origin/main"`, diff: "could not say what this changes",
		},
	}
	original := newClone(t)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := original.copy(t)
			test.change(t, c)
			before := c.git(t, "status", "--short") + c.git(t, "diff")
			said, code := c.with(test.env).run(t, script(t, "ci/check"), "origin/main")
			diff := string(c.read(t, "matrixgen-report/diff.md"))
			if code != test.code || !strings.Contains(said, test.says) || !strings.Contains(said, "$ matrixgen diff") {
				t.Errorf("exit code %d, want %d, and\n%s\ndoes not say %q", code, test.code, said, test.says)
			}
			if !strings.Contains(diff, test.diff) || test.lack != "" && strings.Contains(diff+said, test.lack) {
				t.Errorf("diff.md has no %q, or there is %q:\n%s\n%s", test.diff, test.lack, diff, said)
			}
			if after := c.git(t, "status", "--short") + c.git(t, "diff"); after != before {
				t.Errorf("the check changes files:\n%s", after)
			}
		})
	}
}

// TestCheckBelow: where the stacks are in a folder of a larger repository, what is shown beside the lines of a file names it from the top.
func TestCheckBelow(t *testing.T) {
	c := newClone(t)
	c.edit(t, "images: synapse: \"latest\"\n")
	c.git(t, "add", ".")
	c.git(t, "commit", "-qm", "wrong")
	if err := os.Mkdir(filepath.Join(c.dir, "chat"), 0o700); err != nil {
		t.Fatal(err)
	}
	c.git(t, "mv", "stacks", "out", ".sops.yaml", "chat")
	c.dir = filepath.Join(c.dir, "chat")
	said, _ := c.with("GITHUB_ACTIONS=true").run(t, script(t, "ci/check"))
	sarif := string(c.read(t, "matrixgen-report/findings.sarif"))
	if !strings.Contains(said, "::error file=chat/stacks/example/stack.cue,line=") || !strings.Contains(sarif, `"chat/stacks/example/stack.cue"`) {
		t.Errorf("no finding in chat/stacks/example/stack.cue:\n%s\n%s", said, sarif)
	}
}

// TestCheckReports: without a revision nothing is compared, and the findings are there for who shows them.
func TestCheckReports(t *testing.T) {
	c := newClone(t)
	c.edit(t, "images: synapse: \"docker.io/matrixdotorg/synapse:latest\"\n")
	c.with("GITLAB_CI=true", "MATRIXGEN_REPORT=report").run(t, script(t, "ci/check"))
	for _, name := range []string{"findings.sarif", "codequality.json"} {
		content := c.read(t, "report/"+name)
		if !json.Valid(content) || !strings.Contains(string(content), "stacks/example/stack.cue") {
			t.Errorf("%s: %s", name, content)
		}
	}
	if _, err := os.Stat(filepath.Join(c.dir, "report/diff.md")); err == nil {
		t.Error("something was compared")
	}
}
