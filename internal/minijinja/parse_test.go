package minijinja_test

import (
	"os"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/minijinja"
)

// TestParse reads each template of a file and compares what it asks for.
func TestParse(t *testing.T) {
	lines := readCases(t)
	for i := 0; i+1 < len(lines); i += 2 {
		if got := describe(lines[i]); got != lines[i+1] {
			t.Errorf("%s\n got %s\nwant %s", lines[i], got, lines[i+1])
		}
	}
}

// readCases returns the lines of the file, without comments and empty ones.
func readCases(t testing.TB) []string {
	content, err := os.ReadFile("testdata/templates.txt")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(content)) {
		if line = strings.TrimSuffix(line, "\n"); line != "" && !strings.HasPrefix(line, "# ") {
			lines = append(lines, line)
		}
	}
	if len(lines)%2 != 0 {
		t.Fatal("a template without what it asks for")
	}
	return lines
}

// describe says what a template asks for.
func describe(template string) string {
	found, err := minijinja.Parse(template)
	if err != nil {
		return "! " + err.Error()
	}
	var words []string
	if found.Fixed {
		words = append(words, "fixed")
	}
	for _, n := range found.Names {
		word := n.Text
		if n.Called {
			word += "()"
		}
		if n.Perhaps {
			word += "?"
		}
		words = append(words, word)
	}
	for _, group := range []struct {
		mark  string
		names []minijinja.Name
	}{{"|", found.Filters}, {"is", found.Tests}, {".", found.Methods}} {
		for _, n := range group.names {
			words = append(words, group.mark+n.Text)
		}
	}
	return strings.Join(words, " ")
}

// FuzzParse: no template stops the program.
func FuzzParse(f *testing.F) {
	for _, line := range readCases(f) {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, template string) {
		if found, err := minijinja.Parse(template); (found == nil) == (err == nil) {
			t.Errorf("%q: neither a template nor an error", template)
		}
	})
}
