package docs_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/cli"
	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/docs"
	"github.com/matrixgen/matrixgen/internal/language"
	"github.com/matrixgen/matrixgen/internal/proofs"
)

var update = flag.Bool("update", false, "rewrite the pages")

// reference returns docs/language.md as the schema has it.
func reference(t *testing.T) string {
	t.Helper()
	r, err := language.Load()
	if err != nil {
		t.Fatal(err)
	}
	return docs.Language(r)
}

// TestLanguage holds docs/language.md to the schema.
func TestLanguage(t *testing.T) {
	const name = "../../docs/language.md"
	want := reference(t)
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != want {
		t.Errorf("docs/language.md is not what the schema says: go test ./internal/docs -update (%v)", err)
	}
}

// TestLinks: the contents lead somewhere, and no two headings to the same place.
func TestLinks(t *testing.T) {
	page := reference(t)
	anchors := map[string]bool{}
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(page, -1) {
		anchor := regexp.MustCompile(`[^a-z0-9_ -]`).ReplaceAllString(strings.ToLower(heading[1]), "")
		if anchor = strings.ReplaceAll(anchor, " ", "-"); anchors[anchor] {
			t.Errorf("two headings are #%s", anchor)
		}
		anchors[anchor] = true
	}
	links := regexp.MustCompile(`\]\(#([^)]+)\)`).FindAllStringSubmatch(page, -1)
	if len(links) == 0 {
		t.Error("there are no contents")
	}
	for _, link := range links {
		if !anchors[link[1]] {
			t.Errorf("#%s leads nowhere", link[1])
		}
	}
}

// TestExamples builds every example of the reference as a stack of its own. A part of the proof is one of each field of a stack: what the schema does not take any
// more is mostly a whole field.
func TestExamples(t *testing.T) {
	examples := regexp.MustCompile("(?s)```cue\n(.*?)```").FindAllStringSubmatch(reference(t), -1)
	if len(examples) < 10 {
		t.Fatalf("only %d examples were found", len(examples))
	}
	compilers := &compile.Pool{}
	for _, example := range proofs.Of(examples, func(example []string) string {
		field, _, _ := strings.Cut(example[1], ":")
		return field
	}) {
		text := example[1]
		if !strings.HasPrefix(text, "package ") {
			text = "package example\n\nserverName: \"example.org\"\n" + text
		}
		root := t.TempDir()
		if err := os.MkdirAll(filepath.Join(root, "stacks", "example"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, "stacks", "example", "stack.cue"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		var said bytes.Buffer
		exit := cli.RunWith(t.Context(), compilers, []string{"build", "-C", root}, cli.Streams{Out: &said, Err: &said})
		// That it has no secrets yet is all that may be said of it.
		if findings := strings.ReplaceAll(said.String(), "[sops-binding-missing]", ""); exit != 0 || strings.Contains(findings, "[") {
			t.Errorf("exit code %d of\n%s\n%s", exit, text, &said)
		}
	}
}
