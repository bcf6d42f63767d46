package read_test

import (
	"os"
	"testing"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/read"
)

// TestOutput reads what matrixgen builds: every product reads its file, and nothing is guessed. Synapse may have a second file, which is secret. Linked as a compiled stack is, whose
// documents have no kind, it is the same.
func TestOutput(t *testing.T) {
	deployments, findings, err := read.Deployments(os.DirFS("../../out"))
	if err != nil || len(findings) > 0 || len(deployments) == 0 {
		t.Fatal(err, findings)
	}
	for _, files := range deployments {
		d := read.Relate(files)
		want := dump([]*model.Files{files}, nil, nil)
		for product, c := range map[string]*model.Configuration{"mas": d.MAS, "synapse": d.Synapse, "element": d.Element} {
			if c == nil || c.Service == nil || c.Service.Name != product || c.Guessed || c.Partial && product != "synapse" {
				t.Errorf("%s: %s is %+v", d.Name, product, c)
			}
		}
		for _, doc := range files.Documents {
			if doc.Upstream != "" || doc.Format == model.Text {
				doc.Kind = ""
			}
		}
		if got := dump([]*model.Files{files}, nil, nil); got != want {
			t.Errorf("%s linked as compiled:\n%s\nas read:\n%s", d.Name, got, want)
		}
	}
}
