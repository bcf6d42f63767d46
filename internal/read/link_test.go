package read_test

import (
	"os"
	"testing"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/read"
)

// TestOutput reads what matrixgen builds: every product reads its file, and nothing is guessed. Synapse may have a second file, which is secret. Linked anew as a compiled stack is, whose
// documents have no kind, it is the same.
func TestOutput(t *testing.T) {
	deployments, findings, err := read.Deployments(os.DirFS("../../out"))
	if err != nil || len(findings) > 0 || len(deployments) == 0 {
		t.Fatal(err, findings)
	}
	for _, d := range deployments {
		want := dump([]*model.Deployment{d}, nil, nil)
		for product, c := range map[string]*model.Configuration{"mas": d.MAS, "synapse": d.Synapse, "element": d.Element} {
			if c == nil || c.Service == nil || c.Service.Name != product || c.Guessed || c.Partial && product != "synapse" {
				t.Errorf("%s: %s is %+v", d.Name, product, c)
			}
		}
		for _, doc := range d.Documents {
			if doc.Upstream != "" || doc.Format == model.Text {
				doc.Kind = ""
			}
		}
		read.Link(d)
		if got := dump([]*model.Deployment{d}, nil, nil); got != want {
			t.Errorf("%s linked anew:\n%s\nat first:\n%s", d.Name, got, want)
		}
	}
}
