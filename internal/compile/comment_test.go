package compile_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/schema"
)

// TestCommentsAboveConditions: what the schema says above a condition stands in the file above the first field under it, before what it says of
// the field itself, and nowhere if the condition does not hold.
func TestCommentsAboveConditions(t *testing.T) {
	files := fstest.MapFS{}
	names, err := fs.Glob(schema.Files, "*/*.cue")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := schema.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: text}
	}
	const place = "\taccount: {\n"
	emit := string(files["mas/emit.cue"].Data)
	if !strings.Contains(emit, place) {
		t.Fatalf("mas/emit.cue does not say %q", place)
	}
	files["mas/emit.cue"].Data = []byte(strings.Replace(emit, place, place+`
		// Why both.
		if true {
			// Why the inner one.
			if true {
				// Why one.
				one: 1
				two: 2
			}
		}
		// Why none.
		if false {three: 3}
`, 1))
	compiler, err := compile.NewFrom(files)
	if err != nil {
		t.Fatal(err)
	}
	stack := fstest.MapFS{"stacks/home/stack.cue": {Data: []byte("package home\nserverName: \"example.org\"\n")}}
	documents, findings, err := compiler.Compile(stack, "home")
	if err != nil || len(findings) > 0 {
		t.Fatal(findings, err)
	}
	account := documents.Document("mas-config.yaml").Root.Get("account")
	for key, want := range map[string]string{"one": "Why both.\nWhy the inner one.\nWhy one.", "two": ""} {
		if got := account.Field(key).Comment; got != want {
			t.Errorf("above %s stands %q, want %q", key, got, want)
		}
	}
	if account.Field("three") != nil {
		t.Error("three is there")
	}
}
