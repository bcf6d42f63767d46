package link_test

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/read"
)

// TestTree: deployments that are linked one after another find the proxy of another, and the networks that others join, whether the tree holds their
// documents or has to read them again, and whichever of them comes first.
func TestTree(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files := fstest.MapFS{}
		for _, f := range archive.Files {
			files[f.Name] = &fstest.MapFile{Data: f.Data}
		}
		want := strings.TrimSpace(string(archive.Comment))
		first := files["a/compose.yaml"]
		for _, size := range []int{len(first.Data), 2 << 20} {
			// What comes first is held; the second size is all that there is room for.
			padded := string(first.Data) + strings.Repeat("#", size-len(first.Data))
			files["a/compose.yaml"] = &fstest.MapFile{Data: []byte(padded)}
			tree, err := read.Open(files)
			if err != nil {
				t.Fatal(err)
			}
			one := slices.SortedFunc(link.Tree(tree), func(a, b *model.Deployment) int { return cmp.Compare(a.Name, b.Name) })
			if got := described(one); got != want {
				t.Errorf("%s, with a file of %d bytes before the others, is\n%s\nwant\n%s", name, size, got, want)
			}
		}
	}
}

// described says of each deployment which proxy it is behind, in which folder, how many routes it has, and which of its networks others join.
func described(deployments []*model.Deployment) string {
	var lines []string
	for _, d := range deployments {
		line := d.Name + ": none"
		if d.Proxy != nil {
			line = fmt.Sprintf("%s: %s of", d.Name, d.Proxy.Kind)
			if d.Proxy.Home != nil {
				line += " " + d.Proxy.Home.Name
			}
		}
		line += fmt.Sprintf(", %d routes", len(d.Routes))
		for _, key := range slices.Sorted(maps.Keys(d.Networks)) {
			if network := d.Networks[key]; network.Shared && !network.External {
				line += ", shares " + key
			}
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// TestTreeHoldsFew: what is held of a tree does not grow with the number of its deployments.
func TestTreeHoldsFew(t *testing.T) {
	files := fstest.MapFS{}
	for i := range 240 {
		var compose strings.Builder
		compose.WriteString("services:\n")
		for j := range 200 {
			fmt.Fprintf(&compose, "  synapse%d:\n    image: matrixdotorg/synapse:v1.140.0\n    environment: [A=%d, B=%d]\n", j, i, j)
		}
		files[fmt.Sprintf("d%03d/compose.yaml", i)] = &fstest.MapFile{Data: []byte(compose.String())}
	}
	before := held()
	tree, err := read.Open(files)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for range link.Tree(tree) {
		if n++; n == len(files) {
			if more := held() - before; more > 30<<20 {
				t.Errorf("with the last of %d deployments %d MB are held", n, more>>20)
			}
		}
	}
	if n != len(files) {
		t.Errorf("%d deployments, want %d", n, len(files))
	}
}

// held returns how many bytes are in use.
func held() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
