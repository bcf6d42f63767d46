package provenance_test

import (
	"maps"
	"os"
	"runtime/debug"
	"testing"
	"testing/fstest"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Working out some hundred stacks leaves much behind: collecting that as seldom as the program does saves half of the time. Other tests run at the same time,
// and want memory, too.
func TestMain(m *testing.M) {
	debug.SetGCPercent(800)
	debug.SetMemoryLimit(3 << 30)
	os.Exit(m.Run())
}

// stack is what a compiler makes of a text: the documents, what the operator wrote, and what is said of it. The first two are nil if the stack is wrong.
type stack struct {
	files    *model.Files
	written  *model.Node
	findings []diag.Finding
}

// Several tests change the same fields of the same stacks. What they have in common is made once.
var (
	compilers = &compile.Pool{}
	stacks    = map[string]stack{}
)

// borrow returns a compiler until the test ends.
func borrow(t *testing.T) *compile.Compiler {
	t.Helper()
	compiler, err := compilers.Take()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { compilers.Give(compiler) })
	return compiler
}

// forget has the stacks that a test makes forgotten when it ends: there are too many to keep.
func forget(t *testing.T) {
	before := maps.Clone(stacks)
	t.Cleanup(func() { stacks = before })
}

// compiled returns a stack that is given as text.
func compiled(t *testing.T, text string) stack {
	t.Helper()
	if _, known := stacks[text]; !known {
		compiler, err := compilers.Take()
		if err != nil {
			t.Fatal(err)
		}
		defer compilers.Give(compiler)
		stacks[text] = compiledBy(t, compiler, text)
	}
	return stacks[text]
}

func compiledBy(t *testing.T, compiler *compile.Compiler, text string) stack {
	t.Helper()
	repository := fstest.MapFS{"stacks/x/stack.cue": {Data: []byte(text)}}
	files, findings, err := compiler.Compile(repository, "x")
	if err != nil {
		t.Fatal(err)
	}
	if files == nil {
		t.Log(findings)
		return stack{}
	}
	written, err := compiler.Written(repository, "x")
	if err != nil {
		t.Fatal(err)
	}
	return stack{files, written, findings}
}
