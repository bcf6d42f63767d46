package read_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/matrixgen/matrixgen/internal/read"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestDeployments reads the files of each archive in testdata and compares what is dumped with its file want.
// The comment of the archive may have a line "trees: name name", which chooses the documents that are.
func TestDeployments(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files := fstest.MapFS{}
			want := -1
			for i, f := range archive.Files {
				if f.Name == "want" {
					want = i
					continue
				}
				files[f.Name] = &fstest.MapFile{Data: f.Data}
			}
			deployments, findings, err := read.Deployments(files)
			if err != nil {
				t.Fatal(err)
			}
			got := dump(deployments, findings, trees(string(archive.Comment)))
			if *update {
				if want < 0 {
					want = len(archive.Files)
					archive.Files = append(archive.Files, txtar.File{Name: "want"})
				}
				archive.Files[want].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want < 0 || got != string(archive.Files[want].Data) {
				t.Errorf("got:\n%s", got)
			}
		})
	}
}

// trees returns the documents that the comment of an archive asks to see.
func trees(comment string) []string {
	for line := range strings.SplitSeq(comment, "\n") {
		if names, found := strings.CutPrefix(line, "trees: "); found {
			return strings.Fields(names)
		}
	}
	return nil
}
