package workspace_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/workspace"
	"github.com/matrixgen/matrixgen/lint/rules"
)

const file = "stacks/home/stack.cue"

// counted counts how often the stack is read.
type counted struct {
	fstest.MapFS
	reads int
}

func (c *counted) Open(name string) (fs.File, error) {
	if name == file {
		c.reads++
	}
	return c.MapFS.Open(name)
}

func (c *counted) ReadFile(name string) ([]byte, error) {
	if name == file {
		c.reads++
	}
	return c.MapFS.ReadFile(name)
}

func load(t *testing.T, text string) (*workspace.Stack, *counted) {
	t.Helper()
	compiler := workspace.Borrow(t)
	files := &counted{MapFS: fstest.MapFS{file: {Data: []byte("package home\n" + text)}}}
	s, findings, err := workspace.Load(compiler, files, "home")
	if err != nil || s == nil {
		t.Fatal(findings, err)
	}
	return s, files
}

// TestDerived: a finding at a value that the schema derives is put into the stack. For that the stack is read and followed once more, and not
// compiled again; a stack without such a finding is read once.
func TestDerived(t *testing.T) {
	for _, test := range []struct {
		name, text, rule string
		reads            int
	}{
		{"written", "serverName: \"example.org\"\n", "", 1},
		{"derived", "serverName: \"example.org\"\noverride: compose: services: synapse: network_mode: \"host\"\n", "synapse-endpoint-unreachable", 2},
	} {
		s, files := load(t, test.text)
		for range 2 { // what was followed once is not followed again
			findings := s.Lint(rules.All())
			found := test.rule == ""
			for _, f := range findings {
				found = found || f.Rule == test.rule && f.Position == diag.Position{File: file, Line: 1, Column: 1}
				if compile.Derived(f.Position) {
					t.Errorf("%s: %+v is in the schema", test.name, f)
				}
			}
			if !found {
				t.Errorf("%s: no %s at the top of the stack: %+v", test.name, test.rule, findings)
			}
		}
		if files.reads != test.reads {
			t.Errorf("%s: the stack was read %d times, want %d", test.name, files.reads, test.reads)
		}
	}
}

// TestLines: what is said of the lines of a stack is said of what a build of it writes, pictures and the record of the files included.
func TestLines(t *testing.T) {
	s, _ := load(t, "serverName: \"example.org\"\n")
	files, err := s.Render()
	if err != nil {
		t.Fatal(err)
	}
	lines, err := s.Lines()
	if err != nil {
		t.Fatal(err)
	}
	if len(lines) != len(files)+1 {
		t.Errorf("%d files and the record have lines of %d", len(files), len(lines))
	}
	for _, f := range files {
		text := ""
		for _, line := range lines[f.Name] {
			text += line.Text + "\n"
		}
		if text != string(f.Content) {
			t.Errorf("the lines of %s are\n%s\nand the file is\n%s", f.Name, text, f.Content)
		}
	}
}
