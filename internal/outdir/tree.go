package outdir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
)

// tree is the files of a folder, on the disk or of a revision, to be read.
type tree struct {
	files fs.FS
	// path is the slash path of the folder below the root, for errors.
	path string
}

// sub returns the folder at a slash path of a repository's files. Without an error it may be nil: it is not there, or something is in its way.
func sub(repository fs.FS, name string) (t *tree, obstacle string, err error) {
	if !fs.ValidPath(name) {
		return nil, "", fmt.Errorf("open %s: it is not a path below the root", name)
	}
	at, info, err := tree{files: repository}.lookup(name)
	if err != nil || info == nil {
		return nil, "", err
	}
	if !info.IsDir() {
		return nil, at + ": " + inTheWay(info, "folder"), nil
	}
	files, err := fs.Sub(repository, name)
	if err != nil {
		return nil, "", fmt.Errorf("open %s: %w", name, err)
	}
	return &tree{files, name}, "", nil
}

// lookup goes down a slash path as far as there are folders, and returns where it ended and what is there: nil if nothing is.
func (t tree) lookup(name string) (at string, info fs.FileInfo, err error) {
	for _, at = range slices.Backward(append([]string{name}, parents(name)...)) {
		info, err = fs.Lstat(t.files, at)
		if errors.Is(err, fs.ErrNotExist) {
			return at, nil, nil
		}
		if err != nil {
			return at, nil, t.fail("read", at, err)
		}
		if !info.IsDir() {
			break
		}
	}
	return at, info, nil
}

// fail names the file as the user knows it, and strips the passing name that it has while it is staged.
func (t tree) fail(verb, name string, err error) error {
	return fmt.Errorf("%s %s: %w", verb, path.Join(t.path, name), cause(err))
}

func cause(err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return p.Err
	case errors.As(err, &l):
		return l.Err
	}
	return err
}

func inTheWay(info fs.FileInfo, needed string) string {
	return fmt.Sprintf("%s stands where a %s must go: move it away or delete it", what(info.Mode()), needed)
}

func what(mode fs.FileMode) string {
	switch {
	case mode.IsRegular():
		return "a file"
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeSymlink != 0:
		return "a symlink"
	}
	return "a special file"
}
