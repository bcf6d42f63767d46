package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected output in the scripts")

// The test binary is the command: scripts run it as matrixgen.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"matrixgen": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Condition: func(condition string) (bool, error) {
			if condition == "root" {
				return os.Geteuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %s", condition)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"waitfor": waitFor, "waitgone": waitGone, "lineof": lineOf, "pocketid": pocketID},
		Setup: func(env *testscript.Env) error {
			shipped, err := filepath.Abs("../..")
			env.Setenv("SHIPPED", shipped)
			return err
		},
	})
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
