package terminal_test

import (
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/terminal"
)

func TestWrap(t *testing.T) {
	const url = "https://example.org/a/long/path/that/no/line/has/room/for"
	for _, test := range []struct {
		name, text, want string
		columns, hang    int
	}{
		{"no terminal", "one two three four\n", "one two three four\n", 0, 4},
		{"fits", "one two", "one two", 7, 4},
		{"continues indented", "one two three four five\n", "one two\n  three\n  four\n  five\n", 8, 2},
		{"keeps the indent of the line", "\thint: write it\n", "\thint: write\n\t  it\n", 20, 2},
		{"each line for itself", "one two three\nfour\n", "one two\n  three\nfour\n", 8, 2},
		{"URL whole", "see " + url + " or ask\n", "see\n  " + url + "\n  or ask\n", 20, 2},
		{"only a URL", "  " + url, "  " + url, 20, 2},
		{"colours take no room", "\x1b[1mone\x1b[22m two\n", "\x1b[1mone\x1b[22m two\n", 7, 2},
		{"wide characters take two", "例え 例え 例え", "例え 例え\n  例え", 9, 2},
		{"spaces in a line stay", "name   what it is", "name   what\n  it is", 12, 2},
		{"a prompt ends in a space", "Which one of these is it? ", "Which one of\n  these is\n  it? ", 12, 2},
		{"a deep indent leaves room", "\t\tone two", "\t\tone\n    two", 20, 4},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := terminal.Wrap(test.text, test.columns, test.hang); got != test.want {
				t.Errorf("got:\n%q\nwant:\n%q", got, test.want)
			}
		})
	}
}

// TestCut: what stands at the place is seen in whatever line, the caret's index with it.
func TestCut(t *testing.T) {
	line := strings.Repeat("ab ", 50) + "HERE" + strings.Repeat(" yz", 50)
	for _, columns := range []int{10, 32, 72, 112} {
		for _, at := range []int{0, 3, 30, 150, 200, 303, len(line)} {
			part, index := terminal.Cut(line, at, columns)
			if got := terminal.Columns(part); got > columns {
				t.Errorf("%d columns at %d: %d are taken by %q", columns, at, got, part)
			}
			if at < len(line) && string([]rune(part)[index]) != line[at:at+1] {
				t.Errorf("%d columns at %d: index %d in %q is not %q", columns, at, index, part, line[at:at+1])
			}
		}
	}
	if part, index := terminal.Cut("short", 2, 80); part != "short" || index != 2 {
		t.Errorf("%q, %d", part, index)
	}
}
