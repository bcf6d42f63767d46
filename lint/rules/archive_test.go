package rules_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// expanded returns the archive with all files that it stands for. If its comment has a line "base: name", it starts from that good deployment:
// its file "edits" is applied, its other files are added or replace those of the base, and an empty file takes one of the base away.
func expanded(t *testing.T, name string, archive *txtar.Archive) *txtar.Archive {
	t.Helper()
	base := baseOf(archive)
	if base == "" {
		return archive
	}
	files := good(t, base)
	whole := &txtar.Archive{Comment: archive.Comment}
	for _, f := range archive.Files {
		switch _, replaces := files[f.Name]; {
		case f.Name == "edits":
			for _, e := range parseEdits(t, name, string(f.Data)) {
				if e.base != "" || e.judged {
					t.Fatalf("%s: edits, line %d: the base and the rules that find it are not named here", name, e.line)
				}
				if err := e.apply(files); err != nil {
					t.Fatalf("%s: edits, %v", name, err)
				}
			}
		case replaces:
			delete(files, f.Name)
			if len(f.Data) > 0 {
				whole.Files = append(whole.Files, f)
			}
		default:
			whole.Files = append(whole.Files, f)
		}
	}
	for file, text := range files {
		whole.Files = append(whole.Files, txtar.File{Name: file, Data: []byte(text)})
	}
	return whole
}

// baseOf returns the good deployment that an archive names, or "".
func baseOf(archive *txtar.Archive) string {
	for line := range strings.Lines(string(archive.Comment)) {
		if base, ok := strings.CutPrefix(line, "base: "); ok {
			return strings.TrimSpace(base)
		}
	}
	return ""
}

// readArchive returns an archive of testdata as it is written.
func readArchive(t *testing.T, name string) *txtar.Archive {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

// good returns the files of a good deployment: one that is shipped, without the manifest that tells who wrote it, or one written by hand.
func good(t *testing.T, base string) map[string]string {
	t.Helper()
	files := map[string]string{}
	archive, err := txtar.ParseFile(filepath.Join("testdata", "good", base+".txtar"))
	if err == nil {
		for _, f := range archive.Files {
			files[f.Name] = string(f.Data)
		}
		return files
	}
	shipped := os.DirFS(filepath.Join("..", "..", "out", base))
	err = fs.WalkDir(shipped, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && d.Name() == "secrets" {
			return fs.SkipDir
		}
		if d.IsDir() || name == ".matrixgen.json" {
			return nil
		}
		text, err := fs.ReadFile(shipped, name)
		files[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
