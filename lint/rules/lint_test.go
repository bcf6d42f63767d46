package rules_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// TestFixtures lints every archive below testdata/<rule>/, which may name a base: its file "want" has the findings of that rule, one to a
// line, and is empty if there is nothing to say; files below earlier/ are those of the earlier revision; what other rules say of the same
// files is their business. go test ./lint/rules -run TestFixtures/<rule> -update rewrites it. A folder without a finding of its rule tests
// nothing, and is a mistake.
func TestFixtures(t *testing.T) {
	folders, err := filepath.Glob("testdata/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if filepath.Ext(folder) != "" || slices.Contains([]string{"good", "mirror", "repair", "quiet"}, filepath.Base(folder)) {
			continue // the files of another test
		}
		rule := filepath.Base(folder)
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			archives, err := filepath.Glob(filepath.Join(folder, "*.txtar"))
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, name := range archives {
				t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
					got := fixture(t, name, rule)
					found = found || got != ""
				})
			}
			if !found {
				t.Errorf("no archive has a finding of %s", rule)
			}
		})
	}
}

// fixture lints one archive, compares the findings of the rule with what it wants, and returns them.
func fixture(t *testing.T, name, rule string) string {
	t.Helper()
	archive := readArchive(t, name)
	isWant := func(f txtar.File) bool { return f.Name == "want" }
	var linted, earlier txtar.Archive
	for _, f := range expanded(t, name, archive).Files {
		if old, found := strings.CutPrefix(f.Name, "earlier/"); found {
			earlier.Files = append(earlier.Files, txtar.File{Name: old, Data: f.Data})
		} else if !isWant(f) {
			linted.Files = append(linted.Files, f)
		}
	}
	findings := run
	if len(earlier.Files) > 0 {
		findings = func(t *testing.T, archive string) []diag.Finding {
			return runChange(t, string(txtar.Format(&earlier)), archive)
		}
	}
	var got strings.Builder
	for _, f := range findings(t, string(txtar.Format(&linted))) {
		if f.Rule != rule {
			continue
		}
		fmt.Fprintf(&got, "%s:%d:%d: %s: %s [%s]\n", f.File, f.Line, f.Column, f.Severity, f.Message, f.Rule)
	}
	i := slices.IndexFunc(archive.Files, isWant)
	wanted := i >= 0
	if !wanted {
		archive.Files = append(archive.Files, txtar.File{Name: "want"})
		i = len(archive.Files) - 1
		if !*update {
			t.Error(`there is no file "want"; -update writes it`)
		}
	}
	want := string(archive.Files[i].Data)
	if got.String() == want && wanted {
		return want
	}
	if !*update {
		t.Errorf("got:\n%swant:\n%s", got.String(), want)
		return got.String()
	}
	archive.Files[i].Data = []byte(got.String())
	if err := os.WriteFile(name, txtar.Format(archive), 0o666); err != nil {
		t.Fatal(err)
	}
	return got.String()
}
