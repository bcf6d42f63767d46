package compile_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
)

// TestWrongSettings reads every archive of testdata/settings; "want" holds the whole output.
func TestWrongSettings(t *testing.T) {
	paths, err := filepath.Glob("testdata/settings/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("found %d, err %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files := fstest.MapFS{compile.SettingsFile: &fstest.MapFile{Data: archive.Files[0].Data}}
			settings, findings, err := compile.ReadSettings(files)
			if err != nil || len(findings) == 0 || settings.Ignores != nil {
				t.Fatalf("findings %v, settings %v, err %v", findings, settings, err)
			}
			var got bytes.Buffer
			diag.Text{}.Write(&got, diag.Sort(findings))
			if *update {
				archive.Files = append(archive.Files[:1], txtar.File{Name: "want", Data: got.Bytes()})
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if len(archive.Files) != 2 || got.String() != string(archive.Files[1].Data) {
				t.Errorf("got:\n%s", got.String())
			}
		})
	}
}

// TestNoSettings: without the file, and with one that says nothing, nothing is set.
func TestNoSettings(t *testing.T) {
	for _, files := range []fstest.MapFS{{}, {compile.SettingsFile: &fstest.MapFile{Data: []byte("// nothing yet\n")}}} {
		settings, findings, err := compile.ReadSettings(files)
		if err != nil || len(findings) > 0 || settings.Ignores != nil || settings.FailOn != "" {
			t.Errorf("%v, %v, %v", settings, findings, err)
		}
	}
}
