package secret

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/matrixgen/matrixgen/internal/sops"
)

var update = flag.Bool("update", false, "rewrite what is expected")

// TestRules reads every .sops.yaml of testdata/rules for the file of a stack. "want" holds the recipients as SOPS calls them, a group in a
// line, or the error.
func TestRules(t *testing.T) {
	paths, err := filepath.Glob("testdata/rules/*.txtar")
	if err != nil || len(paths) < 10 {
		t.Fatalf("found %d archives, err %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			root := t.TempDir()
			if err := os.WriteFile(filepath.Join(root, RulesName), archive.Files[0].Data, 0o644); err != nil {
				t.Fatal(err)
			}
			got := rulesText(t, root)
			if *update {
				archive.Files[1].Data = []byte(got)
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if want := string(archive.Files[1].Data); got != want {
				t.Errorf("got:\n%swant:\n%s", got, want)
			}
		})
	}
}

func rulesText(t *testing.T, root string) string {
	t.Helper()
	rules, err := FindRules(os.DirFS(root), root, "stacks/home/"+FileName)
	if err != nil || rules == nil {
		t.Fatalf("the rules are not found, err %v", err)
	}
	rule, err := rules.Rule()
	var problem *Error
	if errors.As(err, &problem) {
		return problem.Message + "\n"
	}
	var text strings.Builder
	for _, group := range rule.meta.Groups {
		text.WriteString(strings.Join(recipientsOf([]sops.Group{group}), " + ") + "\n")
	}
	return text.String()
}

// TestFindRules: the nearest .sops.yaml counts, and its patterns see the path from there on.
func TestFindRules(t *testing.T) {
	above := t.TempDir()
	root := filepath.Join(above, "repository")
	if err := os.Mkdir(root, 0o755); err != nil {
		t.Fatal(err)
	}
	const text = "creation_rules:\n  - path_regex: ^%s$\n    age: " + PublishedRecipient + "\n"
	if err := os.WriteFile(filepath.Join(above, RulesName), []byte(strings.Replace(text, "%s", "repository/stacks/home/"+FileName, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{RulesName + "/folder": {}}
	for _, want := range []string{filepath.Join(above, RulesName), "stacks/" + RulesName, "stacks/home/" + RulesName} {
		if !filepath.IsAbs(want) {
			subject := strings.TrimPrefix("stacks/home/"+FileName, strings.TrimSuffix(want, RulesName))
			files[want] = &fstest.MapFile{Data: []byte(strings.Replace(text, "%s", subject, 1))}
		}
		rules, err := FindRules(files, root, "stacks/home/"+FileName)
		if err != nil || rules == nil || rules.Name != want {
			t.Fatalf("found %v, err %v, want %s", rules, err, want)
		}
		if _, err := rules.Rule(); err != nil {
			t.Errorf("%s: %v", want, err)
		}
	}
}
