package format_test

import (
	"flag"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/schema"
)

func TestMain(m *testing.M) {
	flag.Bool("update", false, "rewrite what the tests want")
	os.Exit(m.Run())
}

// upstreams are all formats that are defined.
func upstreams() []string {
	return []string{
		"compose.#Config", "element.#Config", "mas.#Config", "pocketid.#Client", "synapse.#Config", "synapse.#LogConfig",
		"wellknown.#Client", "wellknown.#Server", "wellknown.#Support",
	}
}

func load(t testing.TB, upstream string) *format.Type {
	t.Helper()
	loaded, err := format.Load(upstream)
	must(t, err)
	return loaded
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestDefinitions loads every format, and holds the attributes against each other: what a secret or a file names as its twin is there.
func TestDefinitions(t *testing.T) {
	for _, upstream := range upstreams() {
		t.Run(upstream, func(t *testing.T) {
			seen := map[*format.Type]bool{}
			var visit func(path string, loaded *format.Type)
			visit = func(path string, loaded *format.Type) {
				if loaded == nil || seen[loaded] {
					return
				}
				seen[loaded] = true
				for _, arm := range loaded.Arms() {
					visit(path+"[]", arm.Items)
					for _, key := range arm.Keys {
						at := path + "." + key.Name
						if twin := arm.Key(key.File); key.File != "" && (twin == nil || !twin.Path) {
							t.Errorf("%s: %s is not marked as the file for it", at, key.File)
						}
						if twin := arm.Key(key.ReplacesKey); key.ReplacesKey != "" && (twin == nil || twin.Secret && twin.File != key.Name) {
							t.Errorf("%s: %s does not name it as its file", at, key.ReplacesKey)
						}
						visit(at, key.Type)
					}
					for _, key := range arm.Free {
						visit(path+".*", key.Type)
					}
				}
			}
			visit("", load(t, upstream))
		})
	}
}

// TestOutsideOfSubset wants an error with a position for every CUE that the table cannot hold.
func TestOutsideOfSubset(t *testing.T) {
	for _, test := range []struct{ name, cue, want string }{
		{"default", `#A: {a?: *1 | 2}`, "config.cue:2:10: only =~"},
		{"bare bound", `#A: {a?: >=1}`, "config.cue:2:10: only =~"},
		{"bound of text", `#A: {a?: string & >="a"}`, "config.cue:2:10: only int or number"},
		{"bound that is text", `#A: {a?: int & >="a"}`, "config.cue:2:16: not a bound"},
		{"both types", `#A: {a?: string & #B}`, "config.cue:2:10: only int or number"},
		{"embedding", "#A: {\n\t#B\n}\n#B: {}", "config.cue:3:2: only fields"},
		{"comprehension", `#A: {if true {a?: int}}`, "config.cue:2:6: only fields"},
		{"interpolation", `#A: {a?: "\(b)"}`, "config.cue:2:10: not a type"},
		{"import", "import \"strings\"\n#A: {a?: strings.MinRunes(1)}", "config.cue:2:1: only definitions"},
		{"let", `#A: {let b = 1}`, "config.cue:2:6: only fields"},
		{"hidden", `#A: {_a?: int}`, "config.cue:2:6: a field"},
		{"regular field", `#A: {a: int}`, "config.cue:2:6: a field"},
		{"shorthand", `#A: {a?: b?: int}`, "config.cue:2:10: not a type"},
		{"twice", `#A: {a?: int, a?: string}`, "config.cue:2:15: a field"},
		{"closed list", `#A: {a?: [int]}`, "config.cue:2:10: a list"},
		{"call", `#A: {a?: close({})}`, "config.cue:2:10: not a type"},
		{"unknown name", `#A: {a?: float}`, "config.cue:2:10: float is not defined"},
		{"own name", "#A: #B\n#B: #A | null", "config.cue:3:5: #A is defined by itself"},
		{"attribute", `#A: {a?: int @snice(1.2)}`, "config.cue:2:14: @snice(1.2) is not an attribute"},
		{"attribute without version", `#A: {a?: int @since()}`, "config.cue:2:14: @since() is not an attribute"},
		{"unknown level", `#A: {a?: int @change(bad, "Why.", "a/b")}`, `config.cue:2:14: "bad" is no level of a change`},
		{"change without source", `#A: {a?: int @change(restart, "Why.")}`, "config.cue:2:14: a change has a level, a reason and a source"},
		{"change without quotes", `#A: {a?: int @change(restart, why, "a/b")}`, "config.cue:2:14: the reason and the source"},
		{"change like nothing", `#A: {a?: int @change(as=b)}`, "a changes as a key that has no @change"},
		{"definition like another", `#A: {} @change(as=b)`, "config.cue:2:1: a definition has no sibling"},
		{"default that is worked out", `#A: {a?: int @upstream(default=1+1)}`, "config.cue:2:14: a default is a value that is written out"},
		{"default without a value", `#A: {a?: int @upstream(since=1.2.0)}`, "config.cue:2:14: a default has a value or words"},
		{"default with a misspelt part", `#A: {a?: int @upstream(defualt=1)}`, `config.cue:2:14: "defualt" is not known there`},
		{"regular expression", `#A: {a?: =~"("}`, "config.cue:2:12: error parsing regexp"},
		{"syntax", "#A: {\n\ta?: int int\n}", "config.cue:3:10: "},
		{"package level", `a: 1`, "config.cue:2:1: only definitions"},
		{"other name", `#B: {}`, `schema/x does not define "#A"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := fstest.MapFS{"x/config.cue": {Data: []byte("package x\n" + test.cue)}}
			if _, err := format.LoadFrom(files, "x.#A"); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// TestTable reads a definition that has one of everything.
func TestTable(t *testing.T) {
	files := fstest.MapFS{
		"x/log.cue":  {Data: []byte("package x\n#Port: int & >=1 & <65536\n")},
		"x/emit.cue": {Data: []byte("package x\nnot: read & at: all")},
		"x/config.cue": {Data: []byte(`package x

// #Config is one of everything.
#Config: {
	// What it is for.
	name!: string @since(1.2.0) @deprecated(1.3.0) @removed(1.4.0) @renamed(a.b[].c)
	secret?: string @secret(file=secret_file)
	secret_file?: string @file(secret, trim)
	"m.odd"?: #Port | null | "a" | "b" | -1.5 | =~"^x"
	self?: {[string]: #Config} @strict()
	some?: [...#Config]
	[=~"^x-"]: _
} @strict()
`)},
	}
	if _, err := format.LoadFrom(files, "x.#Config"); err == nil || !strings.Contains(err.Error(), "config.cue:9:39: only =~") {
		t.Fatalf("a negative literal: %v", err)
	}
	files["x/config.cue"].Data = []byte(strings.Replace(string(files["x/config.cue"].Data), " -1.5 |", "", 1))
	loaded, err := format.LoadFrom(files, "x.#Config")
	must(t, err)
	name := loaded.Key("name")
	if name.Doc != "What it is for." || !name.Required || name.Since != "1.2.0" || name.Deprecated != "1.3.0" || name.Removed != "1.4.0" || name.Renamed != "a.b[].c" {
		t.Errorf("name: %+v", name)
	}
	if k := loaded.Key("secret"); !k.Secret || k.File != "secret_file" || k.Required {
		t.Errorf("secret: %+v", k)
	}
	if k := loaded.Key("secret_file"); !k.Path || k.ReplacesKey != "secret" || !k.Trim {
		t.Errorf("secret_file: %+v", k)
	}
	odd := loaded.Key("m.odd").Type
	if len(odd.Arms()) != 4 || !odd.Accepts(model.Null) || odd.Accepts(model.Float) {
		t.Errorf("m.odd: %+v", odd)
	}
	if port := odd.Arms()[0]; port.Min.Value != 1 || port.Min.Exclusive || port.Max.Value != 65536 || !port.Max.Exclusive {
		t.Errorf("port: %+v", port)
	}
	if self := loaded.Key("self"); !self.Strict || self.Type.Key("any").Type != loaded || loaded.Key("some").Type.Items != loaded {
		t.Errorf("self: %+v", self)
	}
	if loaded.Key("x-y") == nil || loaded.Key("y") != nil || loaded.Open || !loaded.Strict {
		t.Errorf("free keys: %+v", loaded)
	}
}

// TestWalk visits the keys that the table knows, in the order of the document.
func TestWalk(t *testing.T) {
	doc := document(t, []byte("oauth: {}\nhttp:\n  listeners:\n  - binds: [{adress: a}, {port: 1}]\n  nonsense: 1\n"))
	var got []string
	format.Walk(load(t, "mas.#Config"), doc, func(path string, field model.Field, key *format.Key) {
		got = append(got, path+" "+key.Since+" "+field.Value.Kind.String())
	})
	want := "oauth 1.18.0 a map\nhttp  a map\nhttp.listeners  a list\nhttp.listeners[0].binds  a list\nhttp.listeners[0].binds[1].port  a whole number"
	if strings.Join(got, "\n") != want {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), want)
	}
}

func BenchmarkLoad(b *testing.B) {
	for _, upstream := range upstreams() {
		b.Run(upstream, func(b *testing.B) {
			for b.Loop() {
				_, err := format.LoadFrom(schema.Files, upstream)
				must(b, err)
			}
		})
	}
}
