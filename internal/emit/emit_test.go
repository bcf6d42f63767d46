package emit_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/matrixgen/matrixgen/internal/emit"
	"github.com/matrixgen/matrixgen/internal/model"
)

// TestTextStaysText renders words that a reader of YAML 1.1 (Synapse, compose) or 1.2 (MAS) takes for something else unless they are quoted.
func TestTextStaysText(t *testing.T) {
	words := []string{
		"yes", "No", "on", "OFF", "y", "n", "true", "null", "~", "", "010", "0x10", "1_000", "1.0", "1e3", ".5", "-1", "+1", "12:30:45", "1:30", "2001-01-01",
		"=", "<<", "-", "- a", "a: b", "a #b", "#a", "@a", "`a`", "%a", "*a", "&a", "!a", "[a]", "{a}", "'a'", `"a"`, "a\nb", "a\n", " a ", "ä", "\t", "0o7", ".inf", ".NaN", "?", ":", "{{ user.name }}",
	}
	root := &model.Node{Kind: model.Map}
	for _, word := range words {
		root.Fields = append(root.Fields, model.Field{Key: "k" + word, Value: text(word)})
	}
	content := render(t, model.YAML, root)
	var node yaml.Node
	if err := yaml.Unmarshal(content, &node); err != nil {
		t.Fatalf("%v\n%s", err, content)
	}
	values := node.Content[0].Content
	for i, word := range words {
		value := values[2*i+1]
		if value.Value != word || value.Tag != "!!str" {
			t.Errorf("%q is read back as %s %q", word, value.Tag, value.Value)
		}
	}
	// What yaml.v3 reads as text by the rules of YAML 1.2, but PyYAML by those of 1.1 does not, must be quoted.
	for _, word := range []string{"yes", "No", "on", "OFF", "y", "n", "12:30:45", "1:30", "=", "010"} {
		if !strings.Contains(string(content), "k"+word+`: "`+word+`"`) && !strings.Contains(string(content), `"k`+word+`": "`+word+`"`) {
			t.Errorf("%s is not quoted", word)
		}
	}
}

func TestJSONIsStrict(t *testing.T) {
	root := &model.Node{Kind: model.Map, Fields: []model.Field{
		{Key: "a<b>&c", Value: text("\u2028 \"quoted\" \\ <tag>")},
		{Key: "list", Value: &model.Node{Kind: model.List}},
		{Key: "map", Value: &model.Node{Kind: model.Map}},
		{Key: "null", Value: &model.Node{Kind: model.Null, Text: "null"}},
		{Key: "number", Value: &model.Node{Kind: model.Float, Text: "0.5"}},
	}}
	content := render(t, model.JSON, root)
	var back map[string]any
	if err := json.Unmarshal(content, &back); err != nil {
		t.Fatalf("%v\n%s", err, content)
	}
	if back["a<b>&c"] != "\u2028 \"quoted\" \\ <tag>" || back["number"] != 0.5 {
		t.Errorf("read back as %v", back)
	}
	if !bytes.Contains(content, []byte(`<tag>`)) || !bytes.HasSuffix(content, []byte("}\n")) {
		t.Errorf("got %s", content)
	}
}

// TestConfigHash: the label follows the content of the files that a service mounts, in all ways to write a mount and labels.
func TestConfigHash(t *testing.T) {
	compose := func(labels *model.Node, mounts ...*model.Node) *model.Document {
		service := mapping("volumes", &model.Node{Kind: model.List, Items: mounts})
		if labels != nil {
			service.Fields = append(service.Fields, model.Field{Key: "labels", Value: labels})
		}
		return &model.Document{Name: "docker-compose.yml", Format: model.YAML, Upstream: "compose.#Config", Root: mapping("services", mapping("a", service))}
	}
	config := func(content string) *model.Document {
		return &model.Document{Name: "conf/a.txt", Format: model.Text, Root: text(content)}
	}
	long := mapping("source", text("./conf/a.txt"))
	hash := func(docs ...*model.Document) string {
		files, err := emit.Render(&model.Files{Name: "x", Documents: docs})
		if err != nil {
			t.Fatal(err)
		}
		_, after, found := strings.Cut(string(files[0].Content), "matrixgen.config-hash")
		if !found {
			return ""
		}
		return strings.TrimSpace(after)
	}
	one := hash(compose(nil, long), config("1"))
	if one == "" || one != hash(compose(nil, long), config("1")) {
		t.Errorf("not the same hash for the same content: %q", one)
	}
	if two := hash(compose(nil, long), config("2")); two == one {
		t.Error("the hash does not follow the content")
	}
	if short := hash(compose(nil, text("./conf/a.txt:/a:ro")), config("1")); short != one {
		t.Errorf("short mount: %q, want %q", short, one)
	}
	if folder := hash(compose(nil, text("./conf:/conf")), config("1")); folder != one {
		t.Errorf("folder: %q, want %q", folder, one)
	}
	if list := hash(compose(&model.Node{Kind: model.List, Items: []*model.Node{text("a=b")}}, long), config("1")); !strings.HasPrefix(list, "=") {
		t.Errorf("labels as a list: %q", list)
	}
	for _, other := range []string{"./conf/a.txt.bak:/a", "conf/a.txt:/a", "data:/data", "/conf/a.txt:/a"} {
		if got := hash(compose(nil, text(other)), config("1")); got != "" {
			t.Errorf("%s is no generated file, but gives %q", other, got)
		}
	}
}

func render(t *testing.T, format model.Format, root *model.Node) []byte {
	t.Helper()
	files, err := emit.Render(&model.Files{Name: "x", Documents: []*model.Document{{Name: "f", Format: format, Root: root}}})
	if err != nil {
		t.Fatal(err)
	}
	return files[0].Content
}

func text(s string) *model.Node { return &model.Node{Kind: model.String, Text: s} }

func mapping(key string, value *model.Node) *model.Node {
	return &model.Node{Kind: model.Map, Fields: []model.Field{{Key: key, Value: value}}}
}
