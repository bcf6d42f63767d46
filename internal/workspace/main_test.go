package workspace

import (
	"os"
	"runtime/debug"
	"testing"

	"github.com/matrixgen/matrixgen/internal/compile"
)

// compilers are those of all tests: to make one takes longer than to compile a stack.
var compilers = &compile.Pool{}

// What is compiled leaves much behind: it is collected as seldom as the program does.
func TestMain(m *testing.M) {
	debug.SetGCPercent(800)
	os.Exit(m.Run())
}

// Borrow returns a compiler until the test ends.
func Borrow(t *testing.T) *compile.Compiler {
	t.Helper()
	compiler, err := compilers.Take()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { compilers.Give(compiler) })
	return compiler
}
