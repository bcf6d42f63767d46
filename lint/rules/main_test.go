package rules_test

import (
	"os"
	"runtime/debug"
	"testing"

	"github.com/matrixgen/matrixgen/internal/compile"
)

// compilers are those of all tests: to make one takes longer than to compile a stack.
var compilers = &compile.Pool{}

// Linting some thousand archives leaves much behind: it is collected as seldom as the program does.
func TestMain(m *testing.M) {
	debug.SetGCPercent(800)
	os.Exit(m.Run())
}
