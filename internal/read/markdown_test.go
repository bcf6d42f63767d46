package read_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/matrixgen/matrixgen/internal/read"
)

// TestMarkdown reads the guide in each archive of testdata/markdown and compares what is dumped with its file want.
func TestMarkdown(t *testing.T) {
	archives, err := filepath.Glob("testdata/markdown/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			guide := archive.Files[0]
			deployments, findings, err := read.Markdown(guide.Name, guide.Data)
			if err != nil {
				t.Fatal(err)
			}
			got := dump(deployments, findings, trees(string(archive.Comment)))
			if *update {
				archive.Files = append(archive.Files[:1], txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if len(archive.Files) < 2 || got != string(archive.Files[1].Data) {
				t.Errorf("got:\n%s", got)
			}
		})
	}
}

// FuzzMarkdown: no text makes the reader panic, and every finding has its place in the guide.
func FuzzMarkdown(f *testing.F) {
	f.Add("Add to `compose.yaml`:\n```yaml\n  mas:\n    image: mas\n...\n```\n")
	f.Add("Redirect URIs:\n~~~\nhttps://example.org/\n~~~\n```env\nA=  # b\n```\n```json\n{\"brand\": 1, // x\n}\n")
	f.Fuzz(func(t *testing.T, text string) {
		_, findings, err := read.Markdown("guide.md", []byte(text))
		if err != nil {
			return
		}
		for _, finding := range findings {
			if finding.File != "guide.md" || finding.Line < 1 || finding.Line > strings.Count(text, "\n")+2 {
				t.Errorf("%+v", finding)
			}
		}
	})
}
