package graph_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/graph"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/proofs"
	"github.com/matrixgen/matrixgen/internal/read"
)

var update = flag.Bool("update", false, "rewrite the pictures in testdata, and docs/images/home.svg")

// pictured are the deployments of the tests by name, each with its parts: stacks that ship, stacks of conformance/, and the archives in testdata.
func pictured(t *testing.T) map[string][]*model.Deployment {
	t.Helper()
	deployments, compiler := map[string][]*model.Deployment{}, newCompiler(t)
	for root, names := range map[string][]string{"../..": {"home", "bowline", "club"}, "../../conformance": {"extras", "cluster-large", "cluster-hand"}} {
		for _, name := range names {
			deployments[name] = []*model.Deployment{compiled(t, compiler, root, name)}
		}
	}
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range archives {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		fsys := fstest.MapFS{}
		for _, f := range archive.Files {
			fsys[f.Name] = &fstest.MapFile{Data: f.Data}
		}
		found, findings, err := read.Deployments(fsys)
		if err != nil || len(findings) > 0 {
			t.Fatalf("%s: %v, %v", file, findings, err)
		}
		drawn := graph.Pictures(link.Deployments(found...))
		if len(drawn) != 1 {
			t.Fatalf("%s: %d pictures", file, len(drawn))
		}
		deployments[strings.TrimSuffix(filepath.Base(file), ".txtar")] = drawn[0]
	}
	return deployments
}

func newCompiler(t *testing.T) *compile.Compiler {
	t.Helper()
	compiler, err := compile.New()
	if err != nil {
		t.Fatal(err)
	}
	return compiler
}

func compiled(t *testing.T, compiler *compile.Compiler, root, name string) *model.Deployment {
	t.Helper()
	deployment, findings, err := compiler.Compile(os.DirFS(root), name)
	if err != nil || deployment == nil {
		t.Fatalf("%s: %v, %v", name, findings, err)
	}
	return link.Deployment(deployment)
}

// TestPictures holds the pictures against files: go test ./internal/graph -update rewrites them. What is in docs/ is for the README.
func TestPictures(t *testing.T) {
	for name, deployment := range pictured(t) {
		t.Run(name, func(t *testing.T) {
			g := graph.Of(deployment...)
			golden(t, filepath.Join("testdata", name+".mmd"), g.Mermaid())
			golden(t, filepath.Join("testdata", name+".dot"), g.DOT())
			svg := filepath.Join("testdata", name+".svg")
			if name == "home" {
				svg = "../../docs/images/home.svg"
			}
			golden(t, svg, g.SVG())
		})
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs:\n%s", file, got)
	}
}

// TestSameBytes draws what was compiled and linked anew, since maps have another order each time.
func TestSameBytes(t *testing.T) {
	first := graph.Of(compiled(t, newCompiler(t), "../..", "club"))
	for range 5 {
		again := graph.Of(compiled(t, newCompiler(t), "../..", "club"))
		if again.Mermaid() != first.Mermaid() || again.DOT() != first.DOT() || again.SVG() != first.SVG() {
			t.Fatal("the same stack gave another picture")
		}
	}
}

// TestNoSecrets looks for values of secrets, which the archives mark, in every format.
func TestNoSecrets(t *testing.T) {
	for name, deployment := range pictured(t) {
		g := graph.Of(deployment...)
		for format, picture := range map[string]string{"mermaid": g.Mermaid(), "dot": g.DOT(), "svg": g.SVG()} {
			if strings.Contains(strings.ToUpper(picture), "S3CRET") {
				t.Errorf("%s as %s shows a secret:\n%s", name, format, picture)
			}
		}
	}
}

// TestReadme: in the page of every stack, the places are filled, no part leaves a gap, and no command is an empty line. A part of the proof is the stacks that ship.
func TestReadme(t *testing.T) {
	compiler := newCompiler(t)
	roots := []string{"../.."}
	if proofs.Whole {
		roots = append(roots, "../../conformance")
	}
	for _, root := range roots {
		names, err := compile.Stacks(os.DirFS(root))
		if err != nil || len(names) == 0 {
			t.Fatalf("stacks %v, %v", names, err)
		}
		for _, name := range names {
			d := compiled(t, compiler, root, name)
			text := d.Document("README.md").Root.Text
			if strings.Contains(text, "<!-- matrixgen:") || strings.Contains(text, "\n\n\n") || strings.Count(text, "\n```mermaid\nflowchart") != 1 {
				t.Errorf("%s:\n%s", name, text)
			}
			for i, part := range strings.Split(text, "\n```") {
				if i%2 == 1 && strings.HasPrefix(part, "sh\n") && strings.Contains(part, "\n\n") {
					t.Errorf("%s: an empty line in %s", name, part)
				}
			}
		}
	}
}
