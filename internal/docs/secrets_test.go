package docs_test

import (
	"os"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/docs"
)

// TestSecrets holds docs/secrets.md to the schema: its second half is rendered from there.
func TestSecrets(t *testing.T) {
	const page, mark = "../../docs/secrets.md", "go test ./internal/docs -update -->\n\n"
	compiler, err := compile.New()
	if err != nil {
		t.Fatal(err)
	}
	slots, err := compiler.Secrets()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	written, rendered, found := strings.Cut(string(text), mark)
	if !found {
		t.Fatalf("%s does not say where it is rendered", page)
	}
	want := docs.Secrets(slots)
	if *update {
		if err := os.WriteFile(page, []byte(written+mark+want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if rendered != want {
		t.Errorf("%s is not what the schema says: go test ./internal/docs -update", page)
	}
}
