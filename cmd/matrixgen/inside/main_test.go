// Package inside has the tests that run the program in their own process, verb after verb. They change its folder and its variables, so that none of
// them runs beside another one; in a room of their own, all of them run beside the scripts.
package inside

import (
	"context"
	"os"
	"runtime/debug"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/matrixgen/matrixgen/internal/cli"
)

// The test binary is the command, too, for what can be seen of a process alone.
func TestMain(m *testing.M) {
	debug.SetGCPercent(800) // as main does
	testscript.Main(cleaned{m}, map[string]func(){"matrixgen": func() {
		os.Exit(cli.Run(context.Background(), os.Args[1:], cli.Streams{Out: os.Stdout, Err: os.Stderr}))
	}})
}

// folder is for what several tests use.
var folder string

// cleaned runs the tests with a folder, and removes it.
type cleaned struct{ *testing.M }

func (m cleaned) Run() int {
	var err error
	if folder, err = os.MkdirTemp("", "inside"); err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	return m.M.Run()
}
