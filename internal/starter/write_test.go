package starter_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/starter"
)

// TestWriteAll puts something in the way of each file in turn: what was there before is all that is there then.
func TestWriteAll(t *testing.T) {
	names := []string{"home/keys/key", "repo/.rules", "repo/a/b/one", "repo/a/two", "repo/old"}
	for blocked := -1; blocked < len(names); blocked++ {
		for _, kind := range []string{"file", "folder", "file above", "begin"} {
			t.Run(fmt.Sprint(blocked, " ", kind), func(t *testing.T) {
				root := t.TempDir()
				put(t, filepath.Join(root, "repo/old"), "old")
				put(t, filepath.Join(root, "repo/.matrixgen-init/3"), "of a run that was killed")
				begin := func() (func(), error) {
					made := filepath.Join(root, "repo/begun")
					put(t, made, "")
					return func() { os.Remove(made) }, nil
				}
				want := []string{"repo/old=old"}
				switch {
				case kind == "begin":
					begin = func() (func(), error) { return nil, errors.New("no") }
				case blocked < 0 || names[blocked] == "repo/old" && kind != "folder" || kind == "file above" && strings.Count(names[blocked], "/") < 2:
					t.Skip("nothing is in the way")
				case kind == "file":
					put(t, filepath.Join(root, names[blocked]), "mine")
					want = append(want, names[blocked]+"=mine")
				case kind == "folder":
					if names[blocked] == "repo/old" {
						os.Remove(filepath.Join(root, "repo/old"))
						want = nil
					}
					put(t, filepath.Join(root, names[blocked], "mine"), "")
					want = append(want, names[blocked]+"/mine=")
				case kind == "file above":
					put(t, filepath.Dir(filepath.Join(root, names[blocked])), "mine")
					want = append(want, filepath.ToSlash(filepath.Dir(names[blocked]))+"=mine")
				}
				err := starter.WriteAll(filepath.Join(root, "repo"), begin, writings(root, names))
				if err == nil {
					t.Error("no error")
				}
				slices.Sort(want)
				if got := list(t, root); !slices.Equal(got, want) {
					t.Errorf("there is %q, want %q", got, want)
				}
			})
		}
	}
}

// TestWriteAllWhole wants every file, with its mode, in folders that are made, and nothing else.
func TestWriteAllWhole(t *testing.T) {
	root := t.TempDir()
	put(t, filepath.Join(root, "repo/old"), "old")
	put(t, filepath.Join(root, "home/keys/.matrixgen-key"), "of a run that was killed")
	names := []string{"repo/old", "home/keys/key", "repo/.rules", "repo/a/b/one"}
	if err := starter.WriteAll(filepath.Join(root, "repo"), nil, writings(root, names)); err != nil {
		t.Fatal(err)
	}
	want := []string{"home/keys/key=new", "repo/.rules=new", "repo/a/b/one=new", "repo/old=new"}
	if got := list(t, root); !slices.Equal(got, want) {
		t.Errorf("there is %q, want %q", got, want)
	}
	if info, err := os.Stat(filepath.Join(root, "home/keys/key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key is %v, err %v", info.Mode(), err)
	}
}

func writings(root string, names []string) []starter.Writing {
	var all []starter.Writing
	for _, name := range names {
		all = append(all, starter.Writing{
			Path: filepath.Join(root, name), Content: []byte("new"), Private: strings.HasPrefix(name, "home/"), Replaces: name == "repo/old",
		})
	}
	return all
}

func put(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

// list returns every file with its content, and every empty folder with a slash.
func list(t *testing.T, root string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		name, _ := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if !entry.IsDir() {
			text, err := os.ReadFile(path)
			found = append(found, filepath.ToSlash(name)+"="+string(text))
			return err
		}
		if below, err := os.ReadDir(path); err != nil || len(below) == 0 {
			found = append(found, filepath.ToSlash(name)+"/")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
