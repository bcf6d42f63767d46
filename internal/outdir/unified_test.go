package outdir_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/outdir"
)

func TestUnified(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{"same", "a\n", "a\n", ""},
		{"a line of many", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n",
			"--- a/f\n+++ b/f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"},
		{"created", "", "1\n2\n", "--- a/f\n+++ b/f\n@@ -0,0 +1,2 @@\n+1\n+2\n"},
		{"emptied", "1\n", "", "--- a/f\n+++ b/f\n@@ -1 +0,0 @@\n-1\n"},
		{"end of the last line", "1\n2", "1\n2\n", "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n 1\n-2\n\\ No newline at end of file\n+2\n"},
		{"kept without an end", "1\n2", "one\n2", "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n-1\n+one\n 2\n\\ No newline at end of file\n"},
		{"line ends of Windows", "1\r\n2\r\n", "1\r\ntwo\r\n", "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n 1\r\n-2\r\n+two\r\n"},
		{"two hunks", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "one\n2\n3\n4\n5\n6\n7\n8\nnine\n",
			"--- a/f\n+++ b/f\n@@ -1,4 +1,4 @@\n-1\n+one\n 2\n 3\n 4\n@@ -6,4 +6,4 @@\n 6\n 7\n 8\n-9\n+nine\n"},
		{"contexts that touch", "1\n2\n3\n4\n5\n6\n7\n8\n", "one\n2\n3\n4\n5\n6\n7\neight\n",
			"--- a/f\n+++ b/f\n@@ -1,8 +1,8 @@\n-1\n+one\n 2\n 3\n 4\n 5\n 6\n 7\n-8\n+eight\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := outdir.Unified("a/f", "b/f", []byte(test.old), []byte(test.new)); got != test.want {
				t.Errorf("got\n%s", got)
			}
		})
	}
}

// TestUnifiedApplies: what patch and git make of the diff is the new text, for texts of few different lines in many orders.
func TestUnifiedApplies(t *testing.T) {
	programs := map[string][]string{"patch": {"-s", "-p1", "--binary", "-i", "d.diff"}, "git": {"apply", "-p1", "--whitespace=nowarn", "d.diff"}}
	for program, args := range programs {
		t.Run(program, func(t *testing.T) {
			if _, err := exec.LookPath(program); err != nil {
				t.Skip(program + " is not installed")
			}
			random := rand.New(rand.NewPCG(1, 2))
			for range 60 {
				old, new := text(random), text(random)
				if bytes.Equal(old, new) || len(old) == 0 || len(new) == 0 {
					continue // to create and to delete a file are said by the names
				}
				dir := t.TempDir()
				diff := outdir.Unified("a/some file", "b/some file", old, new)
				write(t, filepath.Join(dir, "some file"), old)
				write(t, filepath.Join(dir, "d.diff"), []byte(diff))
				command := exec.Command(program, args...)
				command.Dir = dir
				command.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir))
				if out, err := command.CombinedOutput(); err != nil {
					t.Fatalf("%v: %s\n%s", err, out, diff)
				}
				got, err := os.ReadFile(filepath.Join(dir, "some file"))
				if err != nil || !bytes.Equal(got, new) {
					t.Fatalf("from %q to %q: got %q by\n%s", old, new, got, diff)
				}
			}
		})
	}
}

// text returns up to forty lines of nine different ones, with or without an end.
func text(random *rand.Rand) []byte {
	var b strings.Builder
	ends := []string{"\n", "\n", "\n", "\r\n"}
	for range random.IntN(40) {
		fmt.Fprintf(&b, "line %d é%s", random.IntN(9), ends[random.IntN(len(ends))])
	}
	if random.IntN(3) == 0 {
		b.WriteString("the end")
	}
	return []byte(b.String())
}

func write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(name, content, 0o644); err != nil {
		t.Fatal(err)
	}
}
