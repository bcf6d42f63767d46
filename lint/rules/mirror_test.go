package rules_test

import (
	"maps"
	"path/filepath"
	"strings"
	"testing"
)

// TestMirror lints variants of good deployments that are unusual but right: nothing may be found that is more than advice.
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
			t.Parallel()
			archive := readArchive(t, name)
			before := map[string]string{}
			if base := baseOf(archive); base != "" {
				before = good(t, base)
			}
			files := map[string]string{}
			for _, f := range expanded(t, name, archive).Files {
				files[f.Name] = string(f.Data)
			}
			if maps.Equal(before, files) {
				t.Error("it is no variant")
			}
			silent(t, files)
		})
	}
}
