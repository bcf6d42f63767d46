package rules_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/fix"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/proofs"
	"github.com/matrixgen/matrixgen/internal/read"
	"github.com/matrixgen/matrixgen/lint"
)

// TestRepairs makes the fixes of one rule in every archive of testdata/repair/<rule>.txtar. Below want/ it has the files that change, as they
// are then; what is not there stays as it is. Every rule that repairs something has one.
func TestRepairs(t *testing.T) {
	names, err := filepath.Glob("testdata/repair/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var tested []string
	for _, name := range names {
		rule := strings.TrimSuffix(filepath.Base(name), ".txtar")
		tested = append(tested, rule)
		t.Run(rule, func(t *testing.T) { repairArchive(t, name, rule) })
	}
	for _, rule := range allRules() {
		if slices.Contains(tested, rule.Name) != (rule.Repairs != "") {
			t.Errorf("%s: what it repairs is %q, and testdata/repair has an archive or not", rule.Name, rule.Repairs)
		}
	}
}

func repairArchive(t *testing.T, name, rule string) {
	archive := readArchive(t, name)
	files, want := fstest.MapFS{}, map[string]string{}
	for _, f := range expanded(t, name, archive).Files {
		if file, found := strings.CutPrefix(f.Name, "want/"); found {
			want[file] = string(f.Data)
			continue
		}
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	tree := fix.NewTree(files)
	mend(t, allRules(), tree, func(f diag.Finding) bool { return f.Rule == rule })
	changes, err := tree.Changes()
	if err != nil || len(changes) == 0 {
		t.Fatalf("nothing is repaired, error %v", err)
	}
	if *update {
		archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return strings.HasPrefix(f.Name, "want/") })
		for _, change := range changes {
			archive.Files = append(archive.Files, txtar.File{Name: "want/" + change.Name, Data: change.New})
		}
		if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, change := range changes {
		if got := string(change.New); got != want[change.Name] {
			t.Errorf("%s:\n%s", change.Name, got)
		}
		delete(want, change.Name)
	}
	for file := range want {
		t.Errorf("%s is not repaired", file)
	}
}

// TestRepairsHold makes all fixes in the example of every rule and in all fixtures: no finding that was fixed is there afterwards, nothing
// is left that could be fixed, and every file that was read still is. Only rules that say so repair anything. A part of the proof is the examples, and of
// the archives those in which a rule that repairs is tested, and one of each other rule.
func TestRepairsHold(t *testing.T) {
	archives := map[string]string{}
	repairs := map[string]string{}
	rules := allRules()
	for _, rule := range rules {
		archives["before of "+rule.Name] = rule.Before
		repairs[rule.Name] = rule.Repairs
	}
	names, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range proofs.Of(names, func(name string) string {
		folder := filepath.Dir(name)
		if repairs[filepath.Base(folder)] != "" {
			return name
		}
		return folder
	}) {
		archive := expanded(t, name, readArchive(t, name))
		archives[name] = string(txtar.Format(&txtar.Archive{Files: slices.DeleteFunc(archive.Files, func(f txtar.File) bool {
			return f.Name == "want" || strings.HasPrefix(f.Name, "want/")
		})}))
	}
	for name, archive := range archives {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := fstest.MapFS{}
			for _, f := range txtar.Parse([]byte(archive)).Files {
				files[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			tree := fix.NewTree(files)
			before := lintTree(t, rules, tree)
			if !slices.ContainsFunc(before, func(f diag.Finding) bool { return f.Fix != nil }) {
				return // there is nothing to repair
			}
			fixed := mend(t, rules, tree, func(diag.Finding) bool { return true })
			after := lintTree(t, rules, tree)
			for _, f := range fixed {
				if repairs[f.Rule] == "" {
					t.Errorf("%s repairs something, and does not say what", f.Rule)
				}
				if holds(after, f) {
					t.Errorf("%s:%d: this was repaired and is still there: %s [%s]", f.File, f.Line, f.Message, f.Rule)
				}
			}
			for _, f := range after {
				if f.Fix != nil {
					t.Errorf("%s:%d: this can still be repaired: %s [%s]", f.File, f.Line, f.Message, f.Rule)
				}
				if f.Rule == "syntax-error" && !holds(before, f) {
					t.Errorf("%s:%d: a repair broke the file: %s", f.File, f.Line, f.Message)
				}
			}
		})
	}
}

// holds reports whether a finding is among others, at the same place.
func holds(findings []diag.Finding, f diag.Finding) bool {
	return slices.ContainsFunc(findings, func(g diag.Finding) bool {
		return f.Rule == g.Rule && f.Message == g.Message && f.Position == g.Position
	})
}

// mend repairs the chosen findings in a tree, and returns those that it fixed.
func mend(t *testing.T, rules []lint.Rule, tree *fix.Tree, chosen func(diag.Finding) bool) []diag.Finding {
	t.Helper()
	fixed, err := tree.Mend(func(files fs.FS) ([]diag.Finding, int, error) {
		return slices.DeleteFunc(lintTree(t, rules, files), func(f diag.Finding) bool { return !chosen(f) }), 0, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return fixed
}

// lintTree lints a directory and the guides in it, and resolves the fixes.
func lintTree(t *testing.T, chosen []lint.Rule, files fs.FS) []diag.Finding {
	t.Helper()
	found, findings, err := read.Deployments(files)
	if err != nil {
		t.Fatal(err)
	}
	guides, err := fs.Glob(files, "*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range guides {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		guide, more, err := read.Markdown(name, text)
		if err != nil {
			t.Fatal(err)
		}
		found, findings = append(found, guide...), append(findings, more...)
	}
	deployments := link.Deployments(found...)
	for _, d := range deployments {
		findings = append(findings, lint.Run(chosen, d)...)
	}
	findings = lint.Suppress(allRules(), chosen, findings, model.Suppressions(deployments...))
	for i, f := range findings {
		findings[i].Fix = fix.Resolve(f.Fix, func(file string) ([]byte, error) { return fs.ReadFile(files, file) })
	}
	return findings
}
