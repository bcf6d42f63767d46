package format_test

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
)

// TestOracles compares the keys in the tables with those in upstream's own JSON schemas. Where they differ on purpose,
// testdata/oracles says why.
func TestOracles(t *testing.T) {
	shared := os.Getenv("MATRIXGEN_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	for _, test := range []struct{ upstream, schema, version, exceptions string }{
		{"mas.#Config", "mas-config.schema.json", "1.22.0", "mas.txt"},
		{"synapse.#Config", "synapse-config.schema.yaml", "1.157.1", "synapse.txt"},
		{"compose.#Config", "compose-spec.json", "", "compose.txt"},
	} {
		t.Run(test.upstream, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(shared, "oracles", test.schema))
			if os.IsNotExist(err) {
				t.Skipf("upstream's schema is not there: %v", err)
			}
			must(t, err)
			var root map[string]any
			must(t, yaml.Unmarshal(text, &root))
			upstream := oracle{root: root, paths: map[string]bool{}, within: map[string]bool{}}
			upstream.schema(root, "")
			known := table{version: model.ParseVersion(test.version), paths: map[string]bool{}, removed: map[string]bool{}, within: map[*format.Type]bool{}}
			known.typ(load(t, test.upstream), "")
			if len(upstream.paths) < 100 || len(known.paths) < 100 {
				t.Fatalf("only %d paths upstream, %d in the table", len(upstream.paths), len(known.paths))
			}

			exceptions := readExceptions(t, filepath.Join("testdata", "oracles", test.exceptions))
			for _, path := range missing(upstream.paths, known.paths) {
				if !known.removed[path] && !exceptions.cover(path) {
					t.Errorf("%s is upstream's, but not in schema", path)
				}
			}
			for _, path := range missing(known.paths, upstream.paths) {
				if !exceptions.cover(path) {
					t.Errorf("%s is in schema, but not upstream's", path)
				}
			}
			for path := range known.removed {
				if upstream.paths[path] && !exceptions.cover(path) {
					t.Errorf("%s is removed in schema, but upstream's", path)
				}
			}
			for _, e := range exceptions {
				if !e.used {
					t.Errorf("%s: the exception is not needed", e.path)
				}
			}
		})
	}
}

// missing returns what is in a but not in b, sorted.
func missing(a, b map[string]bool) []string {
	var paths []string
	for path := range a {
		if !b[path] {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// exception is a place where table and oracle may differ, with its items and all that is below it.
type exception struct {
	path string
	used bool
}

type exceptions []*exception

// readExceptions reads lines of "path: reason"; a * in the path stands for anything in one segment.
func readExceptions(t *testing.T, file string) exceptions {
	t.Helper()
	text, err := os.ReadFile(file)
	must(t, err)
	var list exceptions
	for line := range strings.Lines(string(text)) {
		path, reason, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || reason == "" {
			t.Fatalf("%s: %q is not a path with a reason", file, line)
		}
		list = append(list, &exception{path: path})
	}
	return list
}

// cover says whether an exception holds for the place.
func (list exceptions) cover(place string) bool {
	covered := false
	for _, e := range list {
		want, got := strings.Split(e.path, "."), strings.Split(place, ".")
		if len(got) < len(want) {
			continue
		}
		if last := len(want) - 1; !strings.HasSuffix(want[last], "[]") {
			got[last] = strings.TrimSuffix(got[last], "[]")
		}
		fits := true
		for i, segment := range want {
			match, err := path.Match(strings.ReplaceAll(segment, "[", "\\["), got[i])
			fits = fits && match && err == nil
		}
		e.used = e.used || fits
		covered = covered || fits
	}
	return covered
}

// oracle collects the paths of properties in a JSON schema: a.b for a property, a.* for one with a free name, a[] for an item.
type oracle struct {
	root   map[string]any
	paths  map[string]bool
	within map[string]bool // the references being followed
}

func (o *oracle) schema(value any, path string) {
	schema, ok := value.(map[string]any)
	if !ok {
		return
	}
	if ref, ok := schema["$ref"].(string); ok && !o.within[ref] {
		o.within[ref] = true
		o.schema(o.follow(ref), path)
		delete(o.within, ref)
	}
	for _, keyword := range []string{"allOf", "anyOf", "oneOf"} {
		list, _ := schema[keyword].([]any)
		for _, part := range list {
			o.schema(part, path)
		}
	}
	o.schema(schema["items"], path+"[]")
	properties, _ := schema["properties"].(map[string]any)
	for name, property := range properties {
		o.property(property, path, name)
	}
	if property, ok := schema["additionalProperties"].(map[string]any); ok {
		o.property(property, path, "*")
	}
	patterns, _ := schema["patternProperties"].(map[string]any)
	for _, property := range patterns {
		o.property(property, path, "*")
	}
}

func (o *oracle) property(schema any, path, name string) {
	path = strings.TrimPrefix(path+"."+name, ".")
	o.paths[path] = true
	o.schema(schema, path)
}

func (o *oracle) follow(ref string) any {
	var value any = o.root
	for _, part := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		value = value.(map[string]any)[part]
	}
	return value
}

// table collects the paths of keys in a type. Those that upstream has removed stand apart, without what was below them.
type table struct {
	version model.Version // keys of a newer one are left out
	paths   map[string]bool
	removed map[string]bool
	within  map[*format.Type]bool
}

func (c *table) typ(t *format.Type, path string) {
	if t == nil || c.within[t] {
		return
	}
	c.within[t] = true
	defer delete(c.within, t)
	for _, arm := range t.Arms() {
		if arm.Accepts(model.List) {
			c.typ(arm.Items, path+"[]")
		}
		for _, key := range slices.Concat(arm.Keys, arm.Free) {
			name := key.Name
			if name == "" {
				name = "*"
			}
			inner := strings.TrimPrefix(path+"."+name, ".")
			if key.Removed != "" {
				c.removed[inner] = true
				continue
			}
			if key.Since != "" && c.version.Before(key.Since) {
				continue
			}
			c.paths[inner] = true
			c.typ(key.Type, inner)
		}
	}
}
