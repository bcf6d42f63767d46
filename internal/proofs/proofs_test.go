package proofs_test

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/proofs"
)

// TestMakefile: `make proofs` names every room that looks at a part without it, and no other.
func TestMakefile(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	list := regexp.MustCompile(`(?m)^PROOFS = (.+)$`).FindSubmatch(makefile)
	if list == nil {
		t.Fatal("the Makefile has no list PROOFS")
	}
	named := strings.Fields(string(list[1]))
	var rooms []string
	root := os.DirFS("../..")
	err = fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := fs.ReadFile(root, name)
		room := "./" + path.Dir(name)
		if room != "./internal/proofs" && strings.Contains(string(text), `/matrixgen/internal/proofs"`) && !slices.Contains(rooms, room) {
			rooms = append(rooms, room)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(rooms)
	slices.Sort(named)
	if !slices.Equal(rooms, named) {
		t.Errorf("PROOFS of the Makefile is %v, and tests of %v ask for the proofs", named, rooms)
	}
}

func TestOf(t *testing.T) {
	all := []string{"apple", "avocado", "beetroot", "banana", "cherry"}
	want := []string{"apple", "beetroot", "cherry"}
	if proofs.Whole {
		want = all
	}
	if got := proofs.Of(all, func(name string) string { return name[:1] }); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
