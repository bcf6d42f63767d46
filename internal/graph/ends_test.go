package graph_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/matrixgen/matrixgen/internal/graph"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/proofs"
	"github.com/matrixgen/matrixgen/internal/read"
)

// TestLinesEnd draws what the rules are tried on: a line without a box at both ends is a picture that no program shows. A part of the proof is one archive of
// each rule: what is drawn differs by what the rule looks at.
func TestLinesEnd(t *testing.T) {
	archives := os.DirFS("../../lint/rules/testdata")
	names, err := fs.Glob(archives, "*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	drawn := 0
	for _, name := range proofs.Of(names, path.Dir) {
		text, err := fs.ReadFile(archives, name)
		if err != nil {
			t.Fatal(err)
		}
		fsys := fstest.MapFS{}
		for _, f := range txtar.Parse(text).Files {
			fsys[f.Name] = &fstest.MapFile{Data: f.Data}
		}
		drawn += draw(t, name, fsys)
	}
	if drawn == 0 {
		t.Fatal("no pictures")
	}
	for name, d := range pictured(t) {
		linesEnd(t, name, graph.Of(d...))
	}
	// Stacks that people run; they are not part of the repository.
	stacks, _ := filepath.Glob("../../../shared/corpus/*")
	for _, dir := range stacks {
		draw(t, dir, os.DirFS(dir))
	}
}

// draw draws all deployments of a folder, and returns how many pictures that are. A folder that cannot be read gives none.
func draw(t *testing.T, name string, fsys fs.FS) (drawn int) {
	t.Helper()
	found, _, err := read.Deployments(fsys)
	if err != nil {
		return 0
	}
	for _, parts := range graph.Pictures(link.Deployments(found...)) {
		g := graph.Of(parts...)
		linesEnd(t, name, g)
		drawn++
		if !strings.HasPrefix(g.SVG(), "<svg ") || g.Mermaid() == "" || g.DOT() == "" {
			t.Errorf("%s: nothing was drawn", name)
		}
	}
	return drawn
}

func linesEnd(t *testing.T, name string, g *graph.Graph) {
	t.Helper()
	for _, e := range g.Edges {
		if g.Node(e.From) == nil || g.Node(e.To) == nil {
			t.Errorf("%s: the line from %q to %q ends nowhere", name, e.From, e.To)
		}
	}
}
