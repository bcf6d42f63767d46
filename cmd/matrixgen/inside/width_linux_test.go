package inside

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/proofs"
	"github.com/matrixgen/matrixgen/internal/terminal"
)

// TestWidth runs verbs on terminals of several widths. No line is wider than the terminal, unless it is one word, a diff or code, and every word that
// is told without a terminal is there whole, in the same order. A part of the proof is the narrowest, where most lines break.
func TestWidth(t *testing.T) {
	t.Setenv("NO_COLOR", "1")
	t.Setenv("COLUMNS", "")
	compilers := &compile.Pool{}
	repository := t.TempDir()
	stack := func(lines string) {
		t.Helper()
		file := filepath.Join(repository, "stacks/home/stack.cue")
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("package home\nserverName: \"example.org\"\n"+lines), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	in := func(arguments ...string) []string { return append([]string{"-C", repository}, arguments...) }
	stack("")
	printedHere(t, compilers, 0, in("build"))
	holdWidths(t, compilers, []string{"lint", "../../../internal/cli/testdata/picture"})
	holdWidths(t, compilers, in("graph", "nothing"))
	holdWidths(t, compilers, in("secrets", "check"))
	holdWidths(t, compilers, in("explain", "mas-endpoint-unreachable"))
	holdWidths(t, compilers, in("explain", "registration"))
	holdWidths(t, compilers, in("explain", "out/home/mas-config.yaml:20"))
	stack("hosts: element: \"chat.example.org\"\n")
	holdWidths(t, compilers, in("diff"))
	stack("hosts: element: \"example.org\"\nregistratoin: 1\n")
	holdWidths(t, compilers, in("build"))
}

func holdWidths(t *testing.T, compilers *compile.Pool, arguments []string) {
	t.Helper()
	words := strings.Fields(printedHere(t, compilers, 0, arguments))
	if len(words) < 8 {
		t.Fatalf("%v tells nothing: %q", arguments, words)
	}
	for _, columns := range proofs.Of([]int{40, 80, 120}, func(int) string { return "" }) {
		text := printedHere(t, compilers, columns, arguments)
		next, code, diff := 0, false, false
		for line := range strings.Lines(text) {
			line = strings.TrimRight(line, "\r\n")
			code = code != strings.HasPrefix(line, "```")
			diff = diff || strings.HasPrefix(line, "--- ")
			if len(strings.Fields(line)) > 1 && !code && !diff && terminal.Columns(line) > columns {
				t.Errorf("%v: wider than %d columns: %q", arguments, columns, line)
			}
			for _, word := range strings.Fields(line) {
				if next < len(words) && word == words[next] {
					next++
				}
			}
		}
		if next < len(words) {
			t.Errorf("%v on %d columns: %q is not there whole in\n%s", arguments, columns, words[next], text)
		}
	}
}

// printedHere returns what the program prints in this process, on a terminal of so many columns, or into a file if they are 0.
func printedHere(t *testing.T, compilers *compile.Pool, columns int, arguments []string) string {
	t.Helper()
	nothing, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer nothing.Close()
	if columns == 0 {
		out, err := os.Create(filepath.Join(t.TempDir(), "printed"))
		if err != nil {
			t.Fatal(err)
		}
		defer out.Close()
		withStreams(t, nothing, out, func() { runMain(compilers, arguments) })
		text, err := os.ReadFile(out.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	master, screen := newTerminal(t)
	defer master.Close()
	size := struct{ rows, columns, width, height uint16 }{rows: 50, columns: uint16(columns)}
	control(t, screen, syscall.TIOCSWINSZ, unsafe.Pointer(&size))
	printed := make(chan string)
	go func() {
		text, _ := io.ReadAll(master) // ends with an error when nobody has the terminal any more
		printed <- string(text)
	}()
	withStreams(t, nothing, screen, func() { runMain(compilers, arguments) })
	screen.Close()
	return <-printed
}
