package cli

import (
	"os"
	"runtime/debug"
	"testing"
)

// What is compiled leaves much behind: it is collected as seldom as the program does.
func TestMain(m *testing.M) {
	debug.SetGCPercent(800)
	os.Exit(m.Run())
}
