package compile_test

import (
	"testing"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/model"
)

// TestMeaning: what a stack leaves out means the same as its default, and another value something else.
func TestMeaning(t *testing.T) {
	compiler, err := compile.New()
	if err != nil {
		t.Fatal(err)
	}
	text := func(s string) *model.Node { return &model.Node{Kind: model.String, Text: s} }
	fields := func(fields ...model.Field) *model.Node { return &model.Node{Kind: model.Map, Fields: fields} }
	named := model.Field{Key: "serverName", Value: text("example.org")}
	bare := compiler.Meaning("home", fields(named))
	says := func(section, key string, value *model.Node) *compile.Meaning {
		return compiler.Meaning("home", fields(named, model.Field{Key: section, Value: fields(model.Field{Key: key, Value: value})}))
	}
	for _, c := range []struct {
		name string
		same bool
		is   *compile.Meaning
	}{
		{"a default", true, says("hosts", "synapse", text("matrix.example.org"))},
		{"a number that is the default", true, says("hosts", "port", &model.Node{Kind: model.Int, Text: "443"})},
		{"another value", false, says("hosts", "synapse", text("chat.example.org"))},
		{"an optional field", false, says("synapse", "mediaPath", text("/data/media_store"))},
	} {
		if c.is == nil || c.is.Equal(bare) != c.same {
			t.Errorf("%s: %v", c.name, c.is)
		}
	}
	if compiler.Meaning("home", fields()) != nil || says("hosts", "port", &model.Node{Kind: model.Int, Text: "-1"}) != nil {
		t.Error("what the language does not take means something")
	}
	with, path := says("synapse", "mediaPath", text("/data/media_store")), []string{"synapse", "mediaPath"}
	if !with.Has(path) || bare.Has(path) || !with.Otherwise(path) || with.Otherwise([]string{"synapse", "urlPreviews"}) {
		t.Error("a field that is not there, and what the documents make of that, is not told apart")
	}
}
