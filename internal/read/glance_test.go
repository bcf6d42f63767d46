package read

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/matrixgen/matrixgen/internal/model"
)

// TestUntelling: what is left out at a glance is nothing that is recognised when it is parsed, nor anything of which there is something to say.
func TestUntelling(t *testing.T) {
	var archives []string
	for _, pattern := range []string{"testdata/*.txtar", "../../lint/rules/testdata/*/*.txtar", "../../lint/rules/testdata/good/*.txtar"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatal(pattern, err)
		}
		archives = append(archives, found...)
	}
	p := &parser{}
	left := 0
	for _, name := range archives {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range txtar.Parse(text).Files {
			if ext := extension(f.Name); ext != ".yaml" && ext != ".yml" || !isUntelling(f.Name, string(f.Data)) {
				continue
			}
			left++
			parsed := p.parse(f.Name, f.Data)
			if parsed.doc != nil && parsed.doc.Kind != model.KindOther || len(parsed.findings) > 0 {
				t.Errorf("%s: %s is left out, and it is %+v", name, f.Name, parsed)
			}
		}
	}
	if left == 0 {
		t.Error("nothing is left out")
	}
}
