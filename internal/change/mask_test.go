package change_test

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/matrixgen/matrixgen/internal/change"
)

// TestMask hides every secret of the archive, all of which say hush, and leaves all other lines as they are.
func TestMask(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/mask/secrets.txtar")
	if err != nil {
		t.Fatal(err)
	}
	comparer, err := change.NewComparer()
	if err != nil {
		t.Fatal(err)
	}
	d := deployment(t, archive, "files")
	for _, f := range archive.Files {
		name := strings.TrimPrefix(f.Name, "files/")
		got, err := comparer.Mask(string(f.Data), d.Document(name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(got, "hush") {
			t.Errorf("%s:\n%s", name, got)
		}
		masked := map[string]bool{}
		for line := range strings.Lines(got) {
			masked[line] = true
		}
		for line := range strings.Lines(string(f.Data)) {
			if !strings.Contains(line, "hush") && !strings.Contains(line, "-----") && !masked[line] {
				t.Errorf("%s: the line is gone: %s", name, line)
			}
		}
	}
}
