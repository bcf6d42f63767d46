package rules_test

import (
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestMirror lints variants of good deployments that are unusual but right: nothing may be found that is more than advice. An archive whose
// comment has a line "base: name" is that deployment, with its file "edits" applied and its other files added or put in place of others; an
// empty file takes one away. Without that line, the archive is the deployment.
func TestMirror(t *testing.T) {
	archives, err := filepath.Glob("testdata/mirror/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	if len(archives) < 60 {
		t.Errorf("%d variants, want at least 60", len(archives))
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files := map[string]string{}
			for line := range strings.Lines(string(archive.Comment)) {
				if base, ok := strings.CutPrefix(line, "base: "); ok {
					files = good(t, strings.TrimSpace(base))
				}
			}
			before := maps.Clone(files)
			for _, f := range archive.Files {
				switch {
				case f.Name == "edits":
					for _, e := range parseEdits(t, name, string(f.Data)) {
						if err := e.apply(files); err != nil {
							t.Error(err)
						}
					}
				case len(f.Data) == 0:
					delete(files, f.Name)
				default:
					files[f.Name] = string(f.Data)
				}
			}
			if maps.Equal(before, files) {
				t.Error("it is no variant")
			}
			silent(t, files)
		})
	}
}
