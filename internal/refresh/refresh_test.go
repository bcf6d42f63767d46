package refresh_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/refresh"
)

var update = flag.Bool("update", false, "rewrite what is wanted in testdata")

// TestTake takes in three releases, one after the other and at once: what is read, dated and proposed.
func TestTake(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("python3 reads the code: ", err)
	}
	const name = "testdata/sources.txtar"
	archive, folder := unpack(t, name)
	checkTake(t, name, archive, folder, refresh.Folder(folder), "1.3.0")
}

// TestTakeModule does the same with a program in Go, whose settings are a struct.
func TestTakeModule(t *testing.T) {
	const name = "testdata/gomodule.txtar"
	archive, folder := unpack(t, name)
	module := refresh.Module{Product: "program", Package: "example.org/program/config", Type: "Config", Defaults: "Default"}
	checkTake(t, name, archive, folder, refresh.ModuleTree{Module: module, Folder: folder}, "1.2.0")

	for _, wrong := range []refresh.Module{{Package: "example.org/program/none", Type: "Config"}, {Package: "example.org/program/config", Type: "None"}} {
		if source, err := (refresh.ModuleTree{Module: wrong, Folder: folder}).Source(context.Background(), "1.0.0"); err == nil {
			t.Errorf("%+v has settings: %v", wrong, source.List)
		}
	}
}

// TestReadInterface reads the members of an interface of TypeScript, and stops where the text does.
func TestReadInterface(t *testing.T) {
	const name = "testdata/interface.txtar"
	archive, _ := unpack(t, name)
	text := archive.Files[0].Data
	list, err := refresh.ReadInterface(text, "Options")
	if err != nil {
		t.Fatal(err)
	}
	want(t, name, archive, "want.facts", refresh.History{{Version: "1.0.0", List: list}}.String())
	if list, err := refresh.ReadInterface(text, "None"); err == nil {
		t.Errorf("an interface that is not there has members: %v", list)
	}
	begin, end := bytes.Index(text, []byte("export interface Options")), bytes.Index(text, []byte("grouped?"))
	for i := begin; i < end; i++ {
		if _, err := refresh.ReadInterface(text[:i], "Options"); err == nil {
			t.Fatalf("a text that ends after %q is whole", text[max(0, i-20):i])
		}
	}
}

// TestReadGoFile reads a struct of one file by its names in JSON.
func TestReadGoFile(t *testing.T) {
	const file = `package dto

type Create struct {
	Update
	ID     string ` + "`json:\"id\"`" + `
	Hidden string ` + "`json:\"-\"`" + `
}

type Update struct {
	Name  string   ` + "`json:\"name,omitempty\"`" + `
	Many  []Nested ` + "`json:\"many\"`" + `
	Other x.Thing  ` + "`json:\"other\"`" + `
}

type Nested struct{ On *bool ` + "`json:\"on\"`" + ` }
`
	list, err := refresh.ReadGoFile([]byte(file), "Create")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := list.Keys("key"), []string{"id", "many", "many[].on", "name", "other"}; !slices.Equal(got, want) {
		t.Errorf("read %v, want %v", got, want)
	}
	for _, wrong := range []string{"", "package dto", "type"} {
		if list, err := refresh.ReadGoFile([]byte(wrong), "Create"); err == nil {
			t.Errorf("%q has members: %v", wrong, list)
		}
	}
}

// unpack writes the files of an archive into a folder.
func unpack(t *testing.T, name string) (*txtar.Archive, string) {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, file := range archive.Files {
		at := filepath.Join(folder, filepath.FromSlash(file.Name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, file.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return archive, folder
}

// checkTake takes in the releases of a publisher from 1.0.0 on.
func checkTake(t *testing.T, name string, archive *txtar.Archive, folder string, publisher refresh.Publisher, last string) {
	t.Helper()
	begun, err := refresh.Take(context.Background(), publisher, nil, "1.0.0", nil)
	if err != nil {
		t.Fatal(err)
	}
	taken, err := refresh.Take(context.Background(), publisher, begun.History, last, nil)
	if err != nil {
		t.Fatal(err)
	}
	table, err := format.LoadFrom(os.DirFS(filepath.Join(folder, "table")), "tool.#Config")
	if err != nil {
		t.Fatal(err)
	}
	want(t, name, archive, "want.facts", taken.History.Text("synapse"))
	want(t, name, archive, "want.proposal", refresh.Propose(table, taken.Dated, taken.Texts).String())

	again, err := refresh.ParseHistory(taken.History.Text("synapse"))
	if err != nil || again.Text("synapse") != taken.History.Text("synapse") {
		t.Errorf("a history is not read as it is written: %v", err)
	}
	if _, err := refresh.Take(context.Background(), publisher, taken.History, "9.4.0", nil); err == nil {
		t.Error("a release that is not published was taken in")
	}
}

// TestRun: the run from 1.157.1 to 1.163.2, as facts/ has it, proposes what the table has now, of a table that does not have it yet.
func TestRun(t *testing.T) {
	const from, to = "1.157.1", "1.163.2"
	var dated []refresh.Dated
	for _, d := range readHistory(t, "synapse").Since(from) {
		if !model.ParseVersion(d.Version).After(to) {
			dated = append(dated, d)
		}
	}
	old := without(tableOf(t, "synapse"), from, map[*format.Type]*format.Type{})
	got := refresh.Propose(old, dated, nil).String()
	name := filepath.Join("testdata", "synapse-"+from+"-"+to+".md")
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := os.ReadFile(name); err != nil || string(text) != got {
		t.Errorf("%s is not what is proposed (%v):\n%s", name, err, got)
	}
}

// TestDate: the lists that differ are found without reading all.
func TestDate(t *testing.T) {
	var versions, read []string
	for i := range 33 {
		versions = append(versions, fmt.Sprintf("1.%d.0", i))
	}
	dated, err := refresh.Date(versions, func(version string) (refresh.List, error) {
		read = append(read, version)
		list := refresh.List{"key always": ""}
		if model.ParseVersion(version).AtLeast("1.20.0") {
			list["key late"] = ""
		}
		return list, nil
	})
	if err != nil || len(dated) != 2 || dated[0].Version != "1.20.0" || !slices.Equal(dated[0].Added, []string{"key late"}) || dated[1].Version != "1.32.0" {
		t.Errorf("dated %+v, %v", dated, err)
	}
	if len(read) > 8 {
		t.Errorf("read %d of %d lists: %v", len(read), len(versions), read)
	}
}

// want holds a text against a file of an archive, or writes it there.
func want(t *testing.T, name string, archive *txtar.Archive, file, got string) {
	t.Helper()
	i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == file })
	if *update {
		archive.Files[i].Data = []byte(got)
		if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(bytes.TrimSpace(archive.Files[i].Data), bytes.TrimSpace([]byte(got))) {
		t.Errorf("%s: got\n%s\nwant\n%s", file, got, archive.Files[i].Data)
	}
}

// without returns a table as it was in a version: without the keys and the defaults that came later.
func without(table *format.Type, after string, done map[*format.Type]*format.Type) *format.Type {
	if table == nil || done[table] != nil {
		return done[table]
	}
	old := *table
	done[table] = &old
	old.Items = without(table.Items, after, done)
	old.Keys, old.Free, old.Alternatives = nil, nil, nil
	for _, arm := range table.Alternatives {
		old.Alternatives = append(old.Alternatives, without(arm, after, done))
	}
	keep := func(keys []*format.Key) (kept []*format.Key) {
		for _, key := range keys {
			if model.ParseVersion(key.Since).After(after) {
				continue
			}
			earlier := *key
			earlier.Type = without(key.Type, after, done)
			earlier.Defaults = slices.DeleteFunc(slices.Clone(key.Defaults), func(d format.Default) bool { return model.ParseVersion(d.Since).After(after) })
			kept = append(kept, &earlier)
		}
		return kept
	}
	old.Keys, old.Free = keep(table.Keys), keep(table.Free)
	return &old
}
