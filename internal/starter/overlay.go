package starter

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing/fstest"
)

// With returns the files of a repository as they would be with further ones.
func With(base fs.FS, files []File) fs.FS {
	added := fstest.MapFS{}
	for _, file := range files {
		added[file.Name] = &fstest.MapFile{Data: file.Content}
	}
	return overlay{base, added}
}

type overlay struct {
	base  fs.FS
	added fstest.MapFS
}

// Open opens a file, an added one first. A folder is opened as one of the two alone has it: [fs.ReadDir] lists both.
func (o overlay) Open(name string) (fs.File, error) {
	if _, is := o.added[name]; is {
		return o.added.Open(name)
	}
	file, err := o.base.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return o.added.Open(name)
	}
	return file, err
}

// ReadDir implements [fs.ReadDirFS].
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	below, err := fs.ReadDir(o.base, name)
	more, moreErr := o.added.ReadDir(name)
	if err != nil && (moreErr != nil || !errors.Is(err, fs.ErrNotExist)) {
		return nil, err
	}
	have := map[string]bool{}
	for _, entry := range more {
		have[entry.Name()] = true
	}
	all := slices.Concat(more, slices.DeleteFunc(below, func(entry fs.DirEntry) bool { return have[entry.Name()] }))
	slices.SortFunc(all, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return all, nil
}
