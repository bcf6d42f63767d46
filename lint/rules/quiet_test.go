package rules_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/read"
	"github.com/matrixgen/matrixgen/lint"
)

// TestQuiet lints small trees that look like deployments of Matrix in some way, and are none, or are not live, or are right: nothing may be said of
// them but by the rules that the comment of the archive allows. Each top folder of an archive is a tree.
func TestQuiet(t *testing.T) {
	archives, err := filepath.Glob("testdata/quiet/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("found %d archives, err %v", len(archives), err)
	}
	for _, name := range archives {
		archive := readArchive(t, name)
		allowed := []string{"image-not-pinned", "image-has-advisory"}
		for line := range strings.Lines(string(archive.Comment)) {
			if rules, found := strings.CutPrefix(line, "allows: "); found {
				allowed = append(allowed, strings.Fields(rules)...)
			}
		}
		trees := map[string]fstest.MapFS{}
		var order []string
		for _, f := range archive.Files {
			tree, file, found := strings.Cut(f.Name, "/")
			if !found {
				t.Fatalf("%s: %s is in no tree", name, f.Name)
			}
			if trees[tree] == nil {
				trees[tree] = fstest.MapFS{}
				order = append(order, tree)
			}
			trees[tree][file] = &fstest.MapFile{Data: f.Data}
		}
		for _, tree := range order {
			t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar")+"/"+tree, func(t *testing.T) {
				for _, f := range lintMatrix(t, trees[tree]) {
					if f.Severity > diag.Info && !slices.Contains(allowed, f.Rule) {
						t.Errorf("%s:%d:%d: %s: %s [%s]", f.File, f.Line, f.Column, f.Severity, f.Message, f.Rule)
					}
				}
			})
		}
	}
}

// lintMatrix lints what of a tree is of Matrix.
func lintMatrix(t *testing.T, files fstest.MapFS) []diag.Finding {
	t.Helper()
	tree, err := read.Open(files)
	if err != nil {
		t.Fatal(err)
	}
	var findings []diag.Finding
	deployments := slices.Collect(link.Tree(tree))
	for _, d := range deployments {
		findings = append(findings, lint.Run(allRules(), d)...)
	}
	if !tree.HasMatrix() {
		return nil
	}
	findings = append(findings, tree.Findings()...)
	return lint.Suppress(allRules(), allRules(), findings, model.Suppressions(deployments...))
}
