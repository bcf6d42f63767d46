package format_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
)

// TestDefaultsFit wants of every default that upstream would take it where it stands for something, and that the versions fall.
func TestDefaultsFit(t *testing.T) {
	count := 0
	for _, upstream := range upstreams() {
		eachKey(load(t, upstream), func(path string, key *format.Key) {
			for i, d := range key.Defaults {
				count++
				if d.Value != nil && len(format.Check(key.Type, d.Value)) > 0 {
					t.Errorf("%s: %s does not take its default %v", upstream, path, format.Check(key.Type, d.Value))
				}
				last := i == len(key.Defaults)-1
				if !last && d.Since == "" && d.When == "" {
					t.Errorf("%s: %s: what stands behind %s never counts", upstream, path, d)
				}
				if key.Since != "" && d.Since != "" && model.ParseVersion(d.Since).Before(key.Since) {
					t.Errorf("%s: %s has a default before it is there", upstream, path)
				}
			}
		})
	}
	if count < 150 {
		t.Errorf("only %d defaults", count)
	}
}

// eachKey visits every key of a table once.
func eachKey(of *format.Type, visit func(path string, key *format.Key)) {
	seen := map[*format.Type]bool{}
	var walk func(path string, of *format.Type)
	walk = func(path string, of *format.Type) {
		if of == nil || seen[of] {
			return
		}
		seen[of] = true
		for _, arm := range of.Arms() {
			walk(path+"[]", arm.Items)
			for _, key := range arm.Keys {
				inner := strings.TrimPrefix(path+"."+key.Name, ".")
				visit(inner, key)
				walk(inner, key.Type)
			}
			for _, key := range arm.Free {
				walk(path+".*", key.Type)
			}
		}
	}
	walk("", of)
}

// TestDefault asks for what holds in a version, of the key itself and of one above it.
func TestDefault(t *testing.T) {
	files := fstest.MapFS{"x/config.cue": {Data: []byte(`package x
#Config: {
	limit?: #Limit @upstream(default={rate: 0.2, burst: 10})
	// What it is for.
	size?: string @upstream(default="11", since=1.158.0) @upstream(default="10")
	flag?: bool @upstream(default=false, when="with MAS") @upstream(default=true)
	never?: string | null @upstream(default=null, words="never")
	address?: string @upstream(words="that of x, or y")
	list?: [...{name?: string @upstream(default="a, b")}] @upstream(default=[{name: "x"}])
}
#Limit: {rate?: number, burst?: int}
`)}}
	table, err := format.LoadFrom(files, "x.#Config")
	must(t, err)
	for _, test := range []struct{ path, version, want string }{
		{"limit rate", "", "0.2"},
		{"limit burst", "1.0.0", "10"},
		{"limit other", "1.0.0", "nothing"},
		{"size", "1.158.0", "11"},
		{"size", "1.157.2", "10"},
		{"size", "", "11"},
		{"flag", "1.0.0", "nothing"},
		{"never", "1.0.0", ""},
		{"address", "1.0.0", "nothing"},
		{"list [] name", "1.0.0", "a, b"},
		{"unknown", "1.0.0", "nothing"},
	} {
		got := "nothing"
		if n := table.Default(model.ParseVersion(test.version), strings.Fields(test.path)...); n != nil {
			got = n.Text
			if n.Kind == model.Null {
				got = ""
			}
		}
		if got != test.want {
			t.Errorf("%s in %q: got %q, want %q", test.path, test.version, got, test.want)
		}
	}
	for key, want := range map[string]string{
		"limit": "Default: {rate: 0.2, burst: 10}.", "size": "What it is for. Default: 11 since 1.158, else 10.", "flag": "Default: false with MAS, else true.",
		"never": "Default: never.", "address": "Default: that of x, or y.", "list": "Default: [{name: x}].",
	} {
		if got := table.Key(key).About(); got != want {
			t.Errorf("%s: got %q, want %q", key, got, want)
		}
	}
}

// TestKnows: what is read without the table is what the table says.
func TestKnows(t *testing.T) {
	for _, upstream := range []string{"synapse.#Config", "mas.#Config", "element.#Config", "pocketid.#Client"} {
		folder, _, _ := strings.Cut(upstream, ".")
		got, err := format.Knows(folder)
		must(t, err)
		if want := load(t, upstream).Knows; got != want || !model.ParseVersion(got).Exact() {
			t.Errorf("%s: got %q, want %q", folder, got, want)
		}
	}
}
