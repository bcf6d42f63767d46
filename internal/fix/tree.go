package fix

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// Tree is a tree of files with changes that are not written yet. It reads as if they were.
type Tree struct {
	base    fs.FS
	changed map[string][]byte
}

// NewTree returns the tree of files without any change.
func NewTree(base fs.FS) *Tree { return &Tree{base: base, changed: map[string][]byte{}} }

// Open opens a file as it is after the changes.
func (t *Tree) Open(name string) (fs.File, error) {
	file, err := t.base.Open(name)
	text, changed := t.changed[name]
	if err != nil || !changed {
		return file, err
	}
	return &changedFile{File: file, Reader: bytes.NewReader(text)}, nil
}

// ReadDir lists a folder.
func (t *Tree) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(t.base, name) }

// Glob returns the names that match a pattern.
func (t *Tree) Glob(pattern string) ([]string, error) { return fs.Glob(t.base, pattern) }

// Stat describes a file. Its size is that before the changes.
func (t *Tree) Stat(name string) (fs.FileInfo, error) { return fs.Stat(t.base, name) }

// changedFile is a file of the base with another content.
type changedFile struct {
	fs.File
	*bytes.Reader
}

func (f *changedFile) Read(p []byte) (int, error) { return f.Reader.Read(p) }

// Make makes those of the resolved fixes that can be made together, and returns for each whether it is made. Of two that change the same
// characters in different ways, the first is; the other one waits until somebody has looked at the result.
func (t *Tree) Make(fixes []*diag.Fix) ([]bool, error) {
	made := make([]bool, len(fixes))
	taken := map[string][]diag.Edit{}
	for i, f := range fixes {
		made[i] = !slices.ContainsFunc(f.Edits, func(e diag.Edit) bool {
			return slices.ContainsFunc(taken[e.File], func(other diag.Edit) bool { return e != other && overlap(e, other) })
		})
		if !made[i] {
			continue
		}
		for _, e := range f.Edits {
			if !slices.Contains(taken[e.File], e) {
				taken[e.File] = append(taken[e.File], e)
			}
		}
	}
	changed := maps.Clone(t.changed)
	for file, edits := range taken {
		text, err := fs.ReadFile(t, file)
		if err != nil {
			return nil, err
		}
		if changed[file], err = apply(string(text), edits); err != nil {
			return nil, fmt.Errorf("change %s: %w", file, err)
		}
	}
	t.changed = changed
	return made, nil
}

// overlap reports whether two edits of a file touch the same characters, or put something at the same place.
func overlap(a, b diag.Edit) bool {
	return a.Position.Compare(b.End()) <= 0 && b.Position.Compare(a.End()) <= 0
}

var errMoved = errors.New("the text to be changed is no longer there")

func apply(text string, edits []diag.Edit) ([]byte, error) {
	edits = slices.SortedFunc(slices.Values(edits), func(a, b diag.Edit) int { return a.Position.Compare(b.Position) })
	var b strings.Builder
	done := 0
	for _, e := range edits {
		begin, ok := offset(text, e.Position)
		if !ok || begin < done || !strings.HasPrefix(text[begin:], e.Old) {
			return nil, errMoved
		}
		b.WriteString(text[done:begin])
		b.WriteString(e.New)
		done = begin + len(e.Old)
	}
	b.WriteString(text[done:])
	return []byte(b.String()), nil
}

// Change is a file as it is, and as it is to be.
type Change struct {
	Name     string
	Old, New []byte
}

// Changes returns the files that differ from those of the base, by name.
func (t *Tree) Changes() ([]Change, error) {
	var changes []Change
	for name, text := range t.changed {
		old, err := fs.ReadFile(t.base, name)
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(old, text) {
			changes = append(changes, Change{name, old, text})
		}
	}
	slices.SortFunc(changes, func(a, b Change) int { return cmp.Compare(a.Name, b.Name) })
	return changes, nil
}
