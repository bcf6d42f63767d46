package fix_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/fix"
)

// edit returns an edit at the place that | marks in a text, and the text without the mark.
func edit(t *testing.T, file, marked string, e diag.Edit) (diag.Edit, string) {
	t.Helper()
	before, after, found := strings.Cut(marked, "|")
	if !found {
		t.Fatalf("no mark in %q", marked)
	}
	line := before[strings.LastIndex(before, "\n")+1:]
	e.Position = diag.Position{File: file, Line: strings.Count(before, "\n") + 1, Column: len([]rune(strings.TrimPrefix(line, "\ufeff"))) + 1}
	return e, before + after
}

// TestResolve: an edit changes what it means, as that is written, or nothing. | marks the position; no result stands for no fix.
func TestResolve(t *testing.T) {
	key := diag.Edit{Old: "colour", New: "color"}
	value := diag.Edit{Old: "https://a.example.org", New: "https://a.example.org/"}
	bare := diag.Edit{Old: "false", New: "false", Form: diag.Bare}
	quoted := diag.Edit{Old: "010", New: "010", Form: diag.Quoted}
	filled := diag.Edit{New: "[]", Form: diag.Filled}
	tests := []struct {
		file, text string
		edit       diag.Edit
		want       string
	}{
		{"a.yaml", "# é\n  |colour: red # why\n", key, "# é\n  color: red # why\n"},
		{"a.yaml", "{é: 1, |\"colour\": red}\n", key, "{é: 1, \"color\": red}\n"},
		{"a.yaml", "|'colour': red\r\nb: 1\r\n", key, "'color': red\r\nb: 1\r\n"},
		{"a.yaml", "\ufeff|colour: red", key, "\ufeffcolor: red"},
		{"a.yaml", "|colours: red\n", key, ""},
		{"a.yaml", "|&a colour: red\n", key, ""},
		{"a.yaml", "|\"colo\\x75r\": red\n", key, ""},
		{"a.yaml", "a: |\n", key, ""},
		{"a.yaml", "url: |https://a.example.org   # here\n", value, "url: https://a.example.org/   # here\n"},
		{"a.yaml", "url: |>\n  https://a.example.org\n", value, ""},
		{"a.yaml", "[|a]\n", diag.Edit{Old: "a", New: "b, c"}, ""},
		{"a.yaml", "x: |a\n", diag.Edit{Old: "a", New: "b: c"}, ""},
		{"a.yaml", "x: |a\n", diag.Edit{Old: "a", New: "true"}, ""},
		{"a.yaml", "x: |a\n", diag.Edit{Old: "a", New: "0123E45"}, ""},
		{"a.yaml", "x: |\"a\"\n", diag.Edit{Old: "a", New: "true"}, "x: \"true\"\n"},
		{"a.yaml", "x: |\"a\"\n", diag.Edit{Old: "a", New: "b\"c"}, ""},
		{"a.yaml", "x: |a\n", diag.Edit{Old: "a", New: "$b"}, ""},
		{"a.yaml", "x: |a\n", diag.Edit{Old: "a", New: "b\nc: d"}, ""},
		{"a.yaml", "x: |\"false\"  # off\n", bare, "x: false  # off\n"},
		{"a.yaml", "x: |'false'\n", bare, "x: false\n"},
		{"a.yaml", "x: |\"false\n  \"\n", bare, ""},
		{"a.json", "{\"x\": |\"false\"}", bare, "{\"x\": false}"},
		{"a.json", "{\"x\": |\"a\"}", diag.Edit{Old: "a", New: "{name: a}", Form: diag.Bare}, ""},
		{"a.yaml", "x: |010 # octal\n", quoted, "x: \"010\" # octal\n"},
		{"a.yaml", "x: |0100\n", quoted, ""},
		{"a.yaml", "clients:|   # none\nb: 1\n", filled, "clients: []   # none\nb: 1\n"},
		{"a.yaml", "clients:|\r\n  # none\r\n", filled, "clients: []\r\n  # none\r\n"},
		{"a.yaml", "clients: |~\n", filled, "clients: []\n"},
		{"a.json", "{\"clients\": |null}", filled, "{\"clients\": []}"},
		{"a.yaml", "{clients: |, b: 1}\n", filled, ""},
		{"a.yaml", "clients:|#none\n", filled, ""},
		{"stack.cue", "override: |colour: 1\n", key, "override: color: 1\n"},
		{"stack.cue", "override: |colour: 1\n", diag.Edit{Old: "colour", New: "co-lor"}, ""},
		{"stack.cue", "override: |\"colour\": 1\n", diag.Edit{Old: "colour", New: "co-lor"}, "override: \"co-lor\": 1\n"},
		{"stack.cue", "x: |#\"colour\"#\n", key, ""},
		{"stack.cue", "x: |\"\\(y)\"\n", key, ""},
		{"a.json", "{\"a\": 1|,\n}", diag.Edit{Old: ",", Form: diag.Exact}, "{\"a\": 1\n}"},
		{"a.json", "{\"a\": 1|\n}", diag.Edit{Old: ",", Form: diag.Exact}, ""},
	}
	for _, test := range tests {
		e, text := edit(t, test.file, test.text, test.edit)
		files := fstest.MapFS{test.file: &fstest.MapFile{Data: []byte(text)}}
		resolved := fix.Resolve(&diag.Fix{Edits: []diag.Edit{e}}, func(name string) ([]byte, error) { return fs.ReadFile(files, name) })
		got := ""
		if resolved != nil {
			tree := fix.NewTree(files)
			if made, err := tree.Make([]*diag.Fix{resolved}); err != nil || !made[0] {
				t.Fatalf("%q: %v, %v", test.text, made, err)
			}
			after, err := fs.ReadFile(tree, test.file)
			if err != nil {
				t.Fatal(err)
			}
			got = string(after)
		}
		if got != test.want {
			t.Errorf("%q: got %q, want %q", test.text, got, test.want)
		}
	}
}

// TestOverlap: of two fixes of the same characters the first is made; one that says the same, or stands elsewhere, is made with it. A fix is made
// whole or not at all.
func TestOverlap(t *testing.T) {
	at := func(column int, old, new string) diag.Edit {
		return diag.Edit{Position: diag.Position{File: "f", Line: 1, Column: column}, Old: old, New: new, Form: diag.Exact}
	}
	fixes := []*diag.Fix{
		{Edits: []diag.Edit{at(3, "c", "C")}},
		{Edits: []diag.Edit{at(3, "c", "C"), at(7, "g", "G")}},
		{Edits: []diag.Edit{at(1, "a", "A"), at(2, "bcd", "X")}},
		{Edits: []diag.Edit{at(5, "e", "E")}},
	}
	tree := fix.NewTree(fstest.MapFS{"f": &fstest.MapFile{Data: []byte("abcdefg\n")}})
	made, err := tree.Make(fixes)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := fs.ReadFile(tree, "f")
	if string(got) != "abCdEfG\n" || !made[0] || !made[1] || made[2] || !made[3] {
		t.Errorf("%q %v", got, made)
	}
}

// TestMend: a fix that breaks the file is taken back, and one that does not help is made once.
func TestMend(t *testing.T) {
	files := fstest.MapFS{"f": &fstest.MapFile{Data: []byte("a b c\n")}}
	finding := func(column int, old, new string) diag.Finding {
		at := diag.Position{File: "f", Line: 1, Column: column}
		return diag.Finding{Position: at, Fix: &diag.Fix{Edits: []diag.Edit{{Position: at, Old: old, New: new, Form: diag.Exact}}}}
	}
	looks := 0
	tree := fix.NewTree(files)
	fixed, err := tree.Mend(func(files fs.FS) ([]diag.Finding, int, error) {
		looks++
		text, err := fs.ReadFile(files, "f")
		switch string(text) {
		case "a b c\n":
			return []diag.Finding{finding(1, "a", "A"), finding(1, "a", "!")}, 0, err
		case "A b c\n":
			return []diag.Finding{finding(3, "b", "!"), finding(5, "c", "c")}, 0, err
		case "A ! c\n":
			return nil, 1, err
		}
		t.Fatalf("%q", text)
		return nil, 0, nil
	})
	got, _ := fs.ReadFile(tree, "f")
	if err != nil || string(got) != "A b c\n" || len(fixed) != 1 || looks != 3 {
		t.Errorf("%q, %d fixed, %d looks, %v", got, len(fixed), looks, err)
	}
}

// TestWrite: a file keeps its mode, nothing else is left in the folder, and what is no file of its own or has changed is refused.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "outside")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.WriteFile(outside, []byte("old"), 0o644))
	must(os.MkdirAll(filepath.Join(dir, "sub"), 0o755))
	must(os.WriteFile(filepath.Join(dir, "sub", "a"), []byte("old"), 0o600))
	must(os.Chmod(filepath.Join(dir, "sub", "a"), 0o640))
	must(os.Symlink(outside, filepath.Join(dir, "link")))
	must(os.Symlink("sub/a", filepath.Join(dir, "inside")))
	root, err := os.OpenRoot(dir)
	must(err)
	defer root.Close()
	must(fix.Change{Name: "sub/a", Old: []byte("old"), New: []byte("new")}.Write(root))
	info, err := os.Stat(filepath.Join(dir, "sub", "a"))
	must(err)
	if text, _ := os.ReadFile(filepath.Join(dir, "sub", "a")); string(text) != "new" || info.Mode() != 0o640 {
		t.Errorf("%q with mode %v", text, info.Mode())
	}
	for _, name := range []string{"link", "inside", "sub", "missing", "sub/a"} {
		if err := (fix.Change{Name: name, Old: []byte("old"), New: []byte("newer")}).Write(root); err == nil {
			t.Errorf("%s was written", name)
		}
	}
	if text, _ := os.ReadFile(outside); string(text) != "old" {
		t.Error("a file outside was written")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "sub", ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
