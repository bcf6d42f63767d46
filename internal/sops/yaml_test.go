package sops

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

var update = flag.Bool("update", false, "rewrite what is expected")

// TestRewrite reads every file of testdata/files and writes it again: what SOPS does not know of is lost, such as empty lines, but no comment,
// and no type of a value. "<name>.want" is what SOPS itself writes.
func TestRewrite(t *testing.T) {
	paths, err := filepath.Glob("testdata/files/*.yaml")
	if err != nil || len(paths) < 3 {
		t.Fatalf("found %d files, err %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := rewritten(t, text)
			golden := strings.TrimSuffix(path, ".yaml") + ".want"
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("got:\n%s", got)
			}
			if again := rewritten(t, got); !bytes.Equal(again, got) {
				t.Errorf("written a second time it is:\n%s", again)
			}
		})
	}
}

func rewritten(t *testing.T, text []byte) []byte {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	written, err := render(document(&doc))
	if err != nil {
		t.Fatal(err)
	}
	return written
}
