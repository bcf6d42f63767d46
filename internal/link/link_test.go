package link_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/read"
)

// TestFilesStay: linking changes nothing of what it links, and linking the same again gives the same.
func TestFilesStay(t *testing.T) {
	for name, files := range deployments(t) {
		before := written(t, files)
		first := written(t, documents(link.Deployments(files...)))
		if after := written(t, files); after != before {
			t.Errorf("%s was\n%s\nand is now\n%s", name, before, after)
		}
		if second := written(t, documents(link.Deployments(files...))); second != first {
			t.Errorf("%s linked\n%s\nand linked again\n%s", name, first, second)
		}
	}
}

// TestRead: what is related while it is read is what its documents give.
func TestRead(t *testing.T) {
	archives, err := filepath.Glob("../read/testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range archives {
		linked, _, err := link.Read(treeOf(t, name))
		if err != nil {
			t.Fatal(name, err)
		}
		got, want := written(t, documents(linked)), written(t, documents(link.Deployments(readArchive(t, name)...)))
		if got != want {
			t.Errorf("%s read and linked\n%s\nits documents linked\n%s", name, got, want)
		}
	}
}

// TestLinked: what was compiled has its services, its routes and its pictures, and so has what is read of it, of which the pictures are part.
func TestLinked(t *testing.T) {
	for name, files := range deployments(t) {
		if filepath.Dir(name) != "stacks" {
			continue
		}
		d := link.Deployment(files[0])
		if len(d.Services) == 0 || d.Synapse == nil || d.Synapse.Service == nil || d.Proxy == nil || len(d.Routes) == 0 {
			t.Errorf("%s has %d services, Synapse %v, the proxy %v, %d routes", name, len(d.Services), d.Synapse, d.Proxy, len(d.Routes))
		}
		if readme := d.Document("README.md").Root.Text; readme == files[0].Document("README.md").Root.Text {
			t.Errorf("%s: the README has no picture", name)
		}
	}
}

// deployments returns the files of the stacks that ship, and of the archives of package read, each set by its name.
func deployments(t *testing.T) map[string][]*model.Files {
	t.Helper()
	all := map[string][]*model.Files{}
	compiler, err := compile.New()
	if err != nil {
		t.Fatal(err)
	}
	root := os.DirFS("../..")
	stacks, err := compile.Stacks(root)
	if err != nil || len(stacks) == 0 {
		t.Fatal(stacks, err)
	}
	for _, stack := range stacks {
		files, findings, err := compiler.Compile(root, stack)
		if err != nil || files == nil {
			t.Fatal(stack, findings, err)
		}
		all["stacks/"+stack] = []*model.Files{files}
	}
	archives, err := filepath.Glob("../read/testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range archives {
		all[name] = readArchive(t, name)
	}
	return all
}

func readArchive(t *testing.T, name string) []*model.Files {
	t.Helper()
	files, _, err := read.Deployments(treeOf(t, name))
	if err != nil {
		t.Fatal(name, err)
	}
	return files
}

func treeOf(t *testing.T, name string) fstest.MapFS {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	tree := fstest.MapFS{}
	for _, f := range archive.Files {
		tree[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return tree
}

func documents(linked []*model.Deployment) []*model.Files {
	var files []*model.Files
	for _, d := range linked {
		files = append(files, &d.Files)
	}
	return files
}

func written(t *testing.T, files []*model.Files) string {
	t.Helper()
	text, err := json.MarshalIndent(files, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
