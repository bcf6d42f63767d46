package format_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"gopkg.in/yaml.v3"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
)

// TestCheck runs testdata/check: the comment of an archive begins with the format, doc.yaml is the document, want has one problem a line.
func TestCheck(t *testing.T) {
	update := flag.Lookup("update").Value.String() == "true"
	files, err := filepath.Glob("testdata/check/*.txtar")
	must(t, err)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			must(t, err)
			upstream, _, _ := strings.Cut(string(archive.Comment), ":")
			var got strings.Builder
			for _, p := range format.Check(load(t, upstream), document(t, archive.Files[0].Data)) {
				got.WriteString(line(p) + "\n")
			}
			if want := string(archive.Files[1].Data); got.String() != want && !update {
				t.Errorf("got:\n%s\nwant:\n%s", got.String(), want)
			}
			if update {
				archive.Files[1].Data = []byte(got.String())
				must(t, os.WriteFile(file, txtar.Format(archive), 0o644))
			}
			if strings.Contains(got.String(), "hunter2") {
				t.Error("a secret got into a problem")
			}
		})
	}
}

// line prints a problem with all that it says.
func line(p format.Problem) string {
	text := fmt.Sprintf("%s: %s: %d:%d", p.Path, p.Kind, p.Position.Line, p.Position.Column)
	part := func(name, value string) {
		if value != "" {
			text += ", " + name + " " + value
		}
	}
	part("got", p.Got)
	part("want", p.Want)
	part("suggest", p.Suggestion)
	if p.Kind == format.SecretInline {
		part("file", p.Key.File)
	}
	if p.Strict {
		text += ", strict"
	}
	return text
}

func document(t testing.TB, text []byte) *model.Node {
	t.Helper()
	var root yaml.Node
	must(t, yaml.Unmarshal(text, &root))
	return node(root.Content[0])
}

// node returns the document tree of a piece of YAML.
func node(y *yaml.Node) *model.Node {
	kinds := map[string]model.Kind{
		"!!null": model.Null, "!!bool": model.Bool, "!!int": model.Int, "!!float": model.Float, "!!str": model.String,
		"!!seq": model.List, "!!map": model.Map,
	}
	n := &model.Node{Kind: kinds[y.ShortTag()], Text: y.Value, Position: place(y)}
	switch n.Kind {
	case model.List:
		for _, item := range y.Content {
			n.Items = append(n.Items, node(item))
		}
	case model.Map:
		for i := 0; i < len(y.Content); i += 2 {
			key, value := y.Content[i], y.Content[i+1]
			n.Fields = append(n.Fields, model.Field{Key: key.Value, Value: node(value), Position: place(key)})
		}
	}
	return n
}

func place(y *yaml.Node) diag.Position {
	return diag.Position{File: "doc.yaml", Line: y.Line, Column: y.Column}
}
