package secret

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getsops/sops/v3"
	"github.com/rogpeppe/go-internal/txtar"
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
			rules := filepath.Join(root, RulesName)
			if err := os.WriteFile(rules, archive.Files[0].Data, 0o644); err != nil {
				t.Fatal(err)
			}
			got := rulesText(rules, root)
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

func rulesText(rules, root string) string {
	rule, err := ReadRule(rules, root, "stacks/home/"+FileName)
	var problem *Error
	if errors.As(err, &problem) {
		return problem.Message + "\n"
	}
	var text strings.Builder
	for _, group := range rule.groups {
		text.WriteString(strings.Join(recipientsOf([]sops.KeyGroup{group}), " + ") + "\n")
	}
	return text.String()
}
