package provenance_test

import (
	"os"
	"runtime/debug"
	"testing"
)

// Working out some hundred stacks leaves much behind: collecting that as seldom as the program does saves half of the time.
func TestMain(m *testing.M) {
	debug.SetGCPercent(800)
	os.Exit(m.Run())
}
