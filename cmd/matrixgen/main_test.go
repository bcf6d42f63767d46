package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/matrixgen/matrixgen/internal/proofs"
)

var update = flag.Bool("update", false, "rewrite the expected output in the scripts")

// The test binary is the command: scripts run it as matrixgen.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"matrixgen": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Files:               scripts(t),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Condition: func(condition string) (bool, error) {
			if condition == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %s", condition)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"waitfor": waitFor, "waitgone": waitGone, "lineof": lineOf, "pocketid": pocketID, "httpproxy": httpProxy},
		Setup: func(env *testscript.Env) error {
			shipped, err := filepath.Abs("../..")
			env.Setenv("SHIPPED", shipped)
			return err
		},
	})
}

// long are the scripts that go through everything that a verb may meet. Of `make test` the others are enough: what is built, linted, adopted and explained
// every day, where and how a command line is wrong. What other verbs print is tested in their rooms, and that they run, in inside/. One that is asked for by its
// name runs.
func long() []string {
	return []string{
		"accounts", "adopt", "adopt_ask", "adopt_chart", "bridges", "build_cache", "ci_program", "completion", "databases", "diff", "diff_cluster", "diff_machine", "diff_revisions", "explain", "explain_key", "explain_log",
		"graph", "idp", "in_the_way", "init", "init_providers", "kubernetes", "layout", "line_endings", "lint_against", "lint_against_gone", "lint_against_place", "lint_against_secrets", "move_secrets", "own_images", "pipes",
		"providers", "proxy", "registration", "secrets", "secrets_binding", "secrets_check", "secrets_exec", "secrets_git", "secrets_init", "secrets_masked", "secrets_override",
		"secrets_owner", "secrets_rotate", "secrets_set", "secrets_staged", "secrets_unseal", "secrets_unseal_root", "secrets_wrong", "server_name_port", "settings", "stacks_clash", "staged", "suppress", "upgrade",
		"upgrade_grown", "verify", "verify_host", "watch",
	}
}

// scripts returns the scripts that run.
func scripts(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	name := func(file string) string { return strings.TrimSuffix(filepath.Base(file), ".txtar") }
	for _, long := range long() {
		if !slices.ContainsFunc(files, func(file string) bool { return name(file) == long }) {
			t.Errorf("there is no script %s", long)
		}
	}
	if proofs.Whole || proofs.Named() {
		return files
	}
	return slices.DeleteFunc(files, func(file string) bool { return slices.Contains(long(), name(file)) })
}

// waitFor waits until a file is there, and holds the text if one is given.
func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: waitfor FILE [TEXT]")
	}
	want := append(args, "")[1]
	for range 200 {
		if text, err := os.ReadFile(ts.MkAbs(args[0])); err == nil && strings.Contains(string(text), want) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("%s does not come", args[0])
}

// waitGone waits until there is nothing of that name.
func waitGone(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: waitgone FILE")
	}
	for range 200 {
		if _, err := os.Stat(ts.MkAbs(args[0])); os.IsNotExist(err) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("%s does not go", args[0])
}

// lineOf is the command "lineof FILE TEXT" of scripts: it sets LINE to FILE:N for the first line that holds the text.
func lineOf(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: lineof FILE TEXT")
	}
	for i, line := range strings.Split(ts.ReadFile(args[0]), "\n") {
		if strings.Contains(line, args[1]) {
			ts.Setenv("LINE", fmt.Sprintf("%s:%d", args[0], i+1))
			return
		}
	}
	ts.Fatalf("%s does not say %s", args[0], args[1])
}
