package rules_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/matrixgen/matrixgen/internal/change"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/read"
	"github.com/matrixgen/matrixgen/lint"
)

// runChange runs the rules on change between two archives.
func runChange(t *testing.T, earlier, later string) []diag.Finding {
	t.Helper()
	before, after := state(t, earlier), state(t, later)
	return lint.Acknowledge(allRules(), lint.RunChange(allRules(), before, after), before, after)
}

// state returns the deployment in the files of an archive: a stack, or a directory that matrixgen never saw.
func state(t *testing.T, archive string) *model.Deployment {
	t.Helper()
	files := fstest.MapFS{}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		if filepath.Ext(f.Name) == ".cue" {
			f.Name = "stacks/home/" + f.Name
		}
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	if files["stacks/home/stack.cue"] != nil {
		compiler, err := compilers.Take()
		if err != nil {
			t.Fatal(err)
		}
		defer compilers.Give(compiler)
		d, findings, err := compiler.Compile(files, "home")
		if d == nil {
			t.Fatalf("the stack does not compile: %v, %v", findings, err)
		}
		return link.Deployment(d)
	}
	deployments, findings, err := read.Deployments(files)
	if err != nil || len(deployments) != 1 {
		t.Fatalf("%d deployments, %v, err %v", len(deployments), findings, err)
	}
	return link.Deployment(deployments[0])
}

// TestIrreversible: what schema/ says that nobody can undo, a rule on change reports as an error, so that it needs an acknowledgement.
func TestIrreversible(t *testing.T) {
	names, err := filepath.Glob("../../internal/change/testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	comparer, err := change.NewComparer()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			before, after := state(t, below(archive, "before/")), state(t, below(archive, "after/"))
			changes, err := comparer.Compare(before, after)
			if err != nil {
				t.Fatal(err)
			}
			lines, messages := map[string]bool{}, ""
			for _, f := range lint.RunChange(allRules(), before, after) {
				if f.Severity == diag.Error {
					lines[place(f.Position)], messages = true, messages+f.Message+"\n"
					for _, r := range f.Related {
						lines[place(r.Position)] = true
					}
				}
			}
			for _, c := range changes {
				if service, whole := strings.CutPrefix(c.Setting, "services."); whole && c.Kind == change.Removed && strings.Contains(messages, "the service "+service+" is gone") {
					continue
				}
				near := func(line string) bool { return lines[line] }
				here := []string{place(c.Position), place(diag.Position{File: c.Position.File, Line: c.Position.Line + 1})}
				if c.Level == format.Irreversible && !slices.ContainsFunc(here, near) {
					t.Errorf("no rule has an error at %s: %s %s", place(c.Position), c.Document, c.Setting)
				}
			}
		})
	}
}

func place(p diag.Position) string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

func below(archive *txtar.Archive, folder string) string {
	var part txtar.Archive
	for _, f := range archive.Files {
		if name, found := strings.CutPrefix(f.Name, folder); found {
			part.Files = append(part.Files, txtar.File{Name: name, Data: f.Data})
		}
	}
	return string(txtar.Format(&part))
}

// TestAcknowledgeable: the language knows every rule on change by its name.
func TestAcknowledgeable(t *testing.T) {
	stack := "-- stack.cue --\npackage home\n\nserverName: \"example.org\"\n"
	for _, rule := range allRules() {
		if rule.CheckChange != nil {
			stack += fmt.Sprintf("acknowledge: %q: \"a name\": \"a reason\"\n", rule.Name)
		}
	}
	if d := state(t, stack); len(d.Acknowledged) != strings.Count(stack, "acknowledge:") {
		t.Errorf("the stack acknowledges %v", d.Acknowledged)
	}
}
