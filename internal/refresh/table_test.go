package refresh_test

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/refresh"
)

// TestTables compares the keys in the tables with those of upstream's own schema or documentation, as facts/ has them, at the newest release there.
// Where they differ on purpose, testdata/exceptions says why.
func TestTables(t *testing.T) {
	for _, product := range []string{"mas", "synapse", "compose", "livekit", "traefik", "pocketid"} {
		t.Run(product, func(t *testing.T) {
			newest := newest(t, product)
			upstream := set(newest.List.Keys("key"))
			known := keysOf(t, product, newest.Version)
			if least := map[bool]int{true: 25, false: 100}[product == "pocketid"]; len(upstream) < least || len(known.paths) < least {
				t.Fatalf("only %d paths upstream, %d in the table", len(upstream), len(known.paths))
			}
			exceptions := readExceptions(t, filepath.Join("testdata", "exceptions", product+".txt"))
			for _, path := range missing(upstream, known.paths) {
				if !known.removed[path] && !exceptions.cover(path) {
					t.Errorf("%s is upstream's, but not in schema", path)
				}
			}
			for _, path := range missing(known.paths, upstream) {
				if !exceptions.cover(path) {
					t.Errorf("%s is in schema, but not upstream's", path)
				}
			}
			for path := range known.removed {
				if upstream[path] && !exceptions.cover(path) {
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

// TestReads: what the code of Synapse asks for is in the table, documented or not. testdata/exceptions/reads.txt says why something is not.
func TestReads(t *testing.T) {
	newest := newest(t, "synapse")
	table := tableOf(t, "synapse")
	exceptions := readExceptions(t, filepath.Join("testdata", "exceptions", "reads.txt"))
	reads := newest.List.Keys("read")
	if len(reads) < 300 {
		t.Fatalf("the code reads only %d settings", len(reads))
	}
	for _, at := range reads {
		if table.At(refresh.Parts(at)...) == nil && !exceptions.cover(at) {
			t.Errorf("%s is read by the code, but not in schema", at)
		}
	}
	for _, e := range exceptions {
		if !e.used {
			t.Errorf("%s: the exception is not needed", e.path)
		}
	}
}

// TestDated: a setting that came with a release is in the table since that release, and the table holds up to the newest.
func TestDated(t *testing.T) {
	for _, product := range []string{"synapse", "livekit", "traefik", "pocketid"} {
		t.Run(product, func(t *testing.T) { checkDates(t, product) })
	}
}

func checkDates(t *testing.T, product string) {
	history := readHistory(t, product)
	table := tableOf(t, product)
	newest := history[len(history)-1].Version
	if known, err := format.Knows(product); err != nil || known != newest {
		t.Errorf("the table says that it holds up to %s, and facts/ has %s (%v)", known, newest, err)
	}
	dated, came := 0, map[string]bool{} // what came to two lines of releases, is there since the older
	for _, d := range history.Since(history[0].Version) {
		for _, name := range d.Added {
			at, ok := strings.CutPrefix(name, "key ")
			if !ok {
				at, ok = strings.CutPrefix(name, "read ")
			}
			key := table.At(refresh.Parts(at)...)
			if !ok || key == nil || key.Since == "" || came[at] {
				continue // below a section that is new
			}
			came[at] = true
			if dated++; key.Since != d.Version {
				t.Errorf("%s came with %s, and the table says since %s", at, d.Version, key.Since)
			}
		}
	}
	if dated < 10 {
		t.Errorf("only %d settings came with a release", dated)
	}
}

func readHistory(t *testing.T, product string) refresh.History {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("facts", product+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	history, err := refresh.ParseHistory(string(text))
	if err != nil {
		t.Fatal(err)
	}
	if again := history.Text(product); again != string(text) {
		t.Errorf("facts/%s.txt is not as make refresh would write it", product)
	}
	return history
}

func newest(t *testing.T, product string) refresh.Release {
	t.Helper()
	history := readHistory(t, product)
	return history[len(history)-1]
}

func tableOf(t *testing.T, product string) *format.Type {
	t.Helper()
	name := product + ".#Config"
	if product == "pocketid" {
		name = "pocketid.#Client"
	}
	table, err := format.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func set(paths []string) map[string]bool {
	all := map[string]bool{}
	for _, path := range paths {
		all[path] = true
	}
	return all
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
	if err != nil {
		t.Fatal(err)
	}
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

// keysOf returns the keys of the table of a product in a version.
func keysOf(t *testing.T, product, version string) *table {
	t.Helper()
	known := &table{version: model.ParseVersion(version), paths: map[string]bool{}, removed: map[string]bool{}, within: map[*format.Type]bool{}}
	known.typ(tableOf(t, product), "")
	return known
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
