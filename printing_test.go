package matrixgen

import (
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// printers are the files of the command line that print by themselves: pictures and pages, which are made of clean text, a diff that was made visible, progress
// in numbers, a sum of files, and what makes everything else visible.
var printers = []string{"explain_key.go", "graph.go", "progress.go", "repair.go", "terminal.go", "watch.go"}

// prints matches a call that prints an argument as it is, on a stream of a verb.
var prints = regexp.MustCompile(`fmt\.(Print|Fprint)\w*\(|os\.Std(out|err)|io\.WriteString\(`)

// TestPrinting fails where a verb prints past internal/terminal, which shows what a name, a key or a value from outside would do to whoever prints it.
func TestPrinting(t *testing.T) {
	rooms := os.DirFS("internal/cli")
	files, err := fs.Glob(rooms, "*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || slices.Contains(printers, file) {
			continue
		}
		text, err := fs.ReadFile(rooms, file)
		if err != nil {
			t.Fatal(err)
		}
		for number, line := range strings.Split(string(text), "\n") {
			if prints.MatchString(line) {
				t.Errorf("internal/cli/%s:%d prints by itself: tell and put make it visible", file, number+1)
			}
		}
	}
}
