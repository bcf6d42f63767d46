package workspace_test

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/language"
	"github.com/matrixgen/matrixgen/internal/outdir"
	"github.com/matrixgen/matrixgen/internal/proofs"
	"github.com/matrixgen/matrixgen/internal/workspace"
	"github.com/matrixgen/matrixgen/lint/rules"
)

// componentPair is a component that is turned on alone, in front of it a proxy.
type componentPair struct {
	component, proxy txtar.File
	first            bool // of the part that is always looked at
}

// TestComponents turns each component on alone, behind each proxy, and off again: the stack builds, lint has nothing to say of it, it differs from the
// one without, and that has the files of before, byte by byte. A part of the proof is each component behind one proxy, another for the next.
func TestComponents(t *testing.T) {
	components, proxies := componentRows(t, "components"), componentRows(t, "proxies")
	var pairs []componentPair
	for i, c := range components {
		for j, p := range proxies {
			pairs = append(pairs, componentPair{c, p, i%len(proxies) == j})
		}
	}
	if !proofs.Whole && !proofs.Named() {
		pairs = slices.DeleteFunc(pairs, func(p componentPair) bool { return !p.first })
	}
	compiler := workspace.Borrow(t)
	bare := map[string][]outdir.File{}
	for _, p := range pairs {
		t.Run(p.component.Name+"/"+p.proxy.Name, func(t *testing.T) {
			without := string(p.proxy.Data)
			if bare[p.proxy.Name] == nil {
				bare[p.proxy.Name] = written(t, t.TempDir(), builtWith(t, compiler, without))
			}
			before, root := bare[p.proxy.Name], t.TempDir()
			if on := written(t, root, builtWith(t, compiler, without+string(p.component.Data))); sameFiles(on, before) {
				t.Error("nothing follows from it")
			}
			if off := written(t, root, builtWith(t, compiler, without)); !sameFiles(off, before) {
				t.Error("turned off, it leaves something behind in the files")
			}
		})
	}
}

// written returns all files of the folder that a build writes into, on top of what is there.
func written(t *testing.T, root string, files []outdir.File) []outdir.File {
	t.Helper()
	plan, err := outdir.Compare(root, "out/home", files)
	if err == nil {
		err = plan.Write()
	}
	if err != nil {
		t.Fatal(err)
	}
	var all []outdir.File
	folder := os.DirFS(root)
	err = fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(folder, name)
		all = append(all, outdir.File{Name: name, Content: content})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// builtWith returns the files of a stack, of which lint has nothing to say but that its secrets are still to be made.
func builtWith(t *testing.T, compiler *compile.Compiler, text string) []outdir.File {
	t.Helper()
	files := fstest.MapFS{file: {Data: []byte("package home\nserverName: \"example.org\"\n" + text)}}
	s, findings, err := workspace.Load(compiler, files, "home")
	if err != nil || s == nil {
		t.Fatal(findings, err)
	}
	for _, f := range s.Lint(rules.All()) {
		if f.Rule != "sops-binding-missing" {
			t.Errorf("%+v: %s [%s]\n%s", f.Position, f.Message, f.Rule, text)
		}
	}
	built, err := s.Render()
	if err != nil {
		t.Fatal(err)
	}
	return built
}

func sameFiles(a, b []outdir.File) bool {
	return slices.EqualFunc(a, b, func(a, b outdir.File) bool { return a.Name == b.Name && bytes.Equal(a.Content, b.Content) })
}

func componentRows(t *testing.T, name string) []txtar.File {
	t.Helper()
	archive, err := txtar.ParseFile(path.Join("testdata", "components", name+".txtar"))
	if err != nil || len(archive.Files) == 0 {
		t.Fatal("no rows", err)
	}
	return archive.Files
}

// TestComponentsAreWhole: what is off unless a stack says it has a row in components.txtar, and so has each kind of bridge. A field is on the list of
// those that are no components by its name.
func TestComponentsAreWhole(t *testing.T) {
	reference, err := language.Load()
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, row := range componentRows(t, "components") {
		name, _, _ := strings.Cut(row.Name, "-")
		have[name] = true
	}
	// What runs the stack is tried in other tests, a path is of its own kind, and a registration has no service.
	others := []string{"kubernetes", "synapse.appservices"}
	want := optionalFields(reference.Fields)
	if len(want) < 8 {
		t.Fatalf("these components alone: %v", want)
	}
	for _, name := range want {
		if !have[name] && !slices.Contains(others, name) {
			t.Errorf("%s has no row in testdata/components/components.txtar", name)
		}
	}
}

// optionalFields returns the fields of a stack, and of Synapse, that have fields of their own, and without which nothing stands for them; and the bridges by kind.
func optionalFields(fields []*language.Field) []string {
	var names []string
	for _, f := range fields {
		switch {
		case f.Path == "synapse" || f.Path == "bridges" || f.Path == "bridges.NAME":
			names = append(names, optionalFields(f.Fields)...)
		case f.Path == "bridges.NAME.kind":
			for _, kind := range regexp.MustCompile(`"([a-z]+)"`).FindAllStringSubmatch(f.Meanings[0].Want, -1) {
				names = append(names, "bridges."+kind[1])
			}
		case strings.HasPrefix(f.Path, "bridges."):
		case f.Meanings[0].Optional && (len(f.Fields) > 0 || !strings.Contains(f.Path, ".")):
			names = append(names, f.Path)
		}
	}
	return names
}
