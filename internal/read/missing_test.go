package read_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/matrixgen/matrixgen/internal/read"
)

// TestMissing: a source that is a link is there, wherever it leads, and one that an explanation names is made by whoever reads that. One that
// nothing speaks of is missing.
func TestMissing(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"compose.yaml": "services:\n  element:\n    image: vectorim/element-web:v1.12.26\n    volumes: [./link.json:/a.json, ./told.json:/b.json, ./gone.json:/c.json]\n",
		"other.json":   "{}\n",
		"README.md":    "Copy the file to `told.json`.\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/nowhere/link.json", filepath.Join(dir, "link.json")); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	deployments, _, err := read.Deployments(root.FS())
	if err != nil || len(deployments) != 1 {
		t.Fatal(deployments, err)
	}
	for _, m := range read.Relate(deployments[0]).Services[0].Mounts {
		if want := m.Source == "gone.json"; m.Missing != want {
			t.Errorf("%s: missing %v, want %v", m.Source, m.Missing, want)
		}
	}
}
