package compile_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/proofs"
)

var update = flag.Bool("update", false, "rewrite the expected findings")

// TestWrongStacks compiles every archive of testdata/err. Its comment says what is wrong; "want" holds the whole output, so that a position
// that drifts, a second finding for the same cause or a word of CUE's own shows. A part of the proof is one archive of each group, as its name begins: with
// another schema or another CUE, errors of one kind change together.
func TestWrongStacks(t *testing.T) {
	compiler, err := compile.New()
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob("testdata/err/*.txtar")
	if err != nil || len(paths) < 20 {
		t.Fatalf("found %d wrong stacks, err %v", len(paths), err)
	}
	for _, path := range proofs.Of(paths, func(path string) string {
		return strings.FieldsFunc(filepath.Base(path), func(r rune) bool { return r == '-' || r == '.' })[0]
	}) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			root := t.TempDir()
			want := -1
			for i, file := range archive.Files {
				if file.Name == "want" {
					want = i
					continue
				}
				content := bytes.ReplaceAll(file.Data, []byte("<ff>"), []byte{0xff})
				if err := os.MkdirAll(filepath.Join(root, filepath.Dir(file.Name)), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(root, file.Name), content, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			deployment, findings, err := compiler.Compile(os.DirFS(root), "x")
			if err != nil {
				t.Fatalf("the tool failed: %v", err)
			}
			if deployment != nil || len(findings) == 0 {
				t.Error("the wrong stack compiled")
			}
			var got bytes.Buffer
			diag.Text{}.Write(&got, findings)
			if *update {
				if want < 0 {
					archive.Files = append(archive.Files, txtar.File{Name: "want"})
					want = len(archive.Files) - 1
				}
				archive.Files[want].Data = got.Bytes()
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want < 0 || got.String() != string(archive.Files[want].Data) {
				t.Errorf("got:\n%s", got.String())
			}
		})
	}
}
