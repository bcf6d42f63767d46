package git

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// Tree is the files of a revision or of the index, below the folder of the [Repository]. As in a work tree, a symlink leads on as long as it stays
// in the tree, and a submodule that is not checked out is an empty folder. It may be read from several goroutines.
type Tree struct {
	// Commit is the full id of the revision; "" for the index.
	Commit string

	root    *node
	objects *objects
}

// Tree is a file system like that of a folder on the disk.
var _ interface {
	fs.ReadDirFS
	fs.ReadFileFS
	fs.StatFS
	fs.ReadLinkFS
} = (*Tree)(nil)

// node is a file, a link or a folder of a tree.
type node struct {
	tree  *Tree
	name  string
	mode  fs.FileMode
	id    string           // of the object; "" for a folder
	below map[string]*node // of a folder
}

func newTree(ctx context.Context, r *Repository, commit string) *Tree {
	t := &Tree{Commit: commit, objects: newObjects(ctx, r)}
	t.root = t.folder(".")
	return t
}

func (t *Tree) folder(name string) *node {
	return &node{tree: t, name: name, mode: fs.ModeDir | 0o755, below: map[string]*node{}}
}

// Close ends the programs that read the objects.
func (t *Tree) Close() error { return t.objects.close() }

// add puts what git lists under a name into the tree. Names that git itself would not check out may be in a tree that was made to do harm.
func (t *Tree) add(name, mode, id string) error {
	parts := strings.Split(name, "/")
	at := t.root
	for i, part := range parts {
		if part == "" || part == "." || part == ".." {
			return fmt.Errorf("%q is no name of a file", name)
		}
		next := at.below[part]
		if i == len(parts)-1 {
			if next != nil {
				return fmt.Errorf("%q is there twice", name)
			}
			at.below[part] = t.entry(part, mode, id)
			return nil
		}
		if next == nil {
			next = t.folder(part)
			at.below[part] = next
		}
		if !next.mode.IsDir() {
			return fmt.Errorf("%q is a file and a folder", name)
		}
		at = next
	}
	return nil
}

// entry returns the node for a mode as git writes it.
func (t *Tree) entry(name, mode, id string) *node {
	n := &node{tree: t, name: name, id: id, mode: 0o644}
	switch mode {
	case "100755":
		n.mode = 0o755
	case "120000":
		n.mode = fs.ModeSymlink | 0o777
	case "160000":
		return t.folder(name)
	}
	return n
}

// maxLinks is how many links may lead to a file, as on Linux.
const maxLinks = 40

var (
	errTooManyLinks = errors.New("too many levels of symbolic links")
	errEscapes      = errors.New("the symlink leads out of the repository's folder")
)

// find returns what is at a path. The last part is followed if it is a link, unless it is the link that is asked for.
func (t *Tree) find(op, name string, follow bool) (*node, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	n, err := t.resolve(name, follow)
	if err != nil {
		return nil, &fs.PathError{Op: op, Path: name, Err: err}
	}
	return n, nil
}

func (t *Tree) resolve(name string, follow bool) (*node, error) {
	at, dir := t.root, "."
	rest := strings.Split(name, "/")
	for links := 0; len(rest) > 0; {
		part := rest[0]
		rest = rest[1:]
		if part == "." {
			continue
		}
		next := at.below[part]
		switch {
		case next == nil:
			return nil, fs.ErrNotExist
		case next.mode&fs.ModeSymlink == 0 || !follow && len(rest) == 0:
			at, dir = next, path.Join(dir, part)
			continue
		}
		if links++; links > maxLinks {
			return nil, errTooManyLinks
		}
		target, err := t.objects.content(next.id)
		if err != nil {
			return nil, err
		}
		// Not quite as a file system does it: ".." behind a link goes back in the path, which is one folder up all the same once links are resolved.
		to := path.Join(dir, string(target))
		if path.IsAbs(string(target)) || to == ".." || strings.HasPrefix(to, "../") {
			return nil, errEscapes
		}
		at, dir, rest = t.root, ".", append(strings.Split(to, "/"), rest...)
	}
	return at, nil
}

// Open returns the file or folder at a slash path.
func (t *Tree) Open(name string) (fs.File, error) {
	n, err := t.find("open", name, true)
	if err != nil {
		return nil, err
	}
	if n.mode.IsDir() {
		return &openFolder{node: n, left: n.entries()}, nil
	}
	content, err := t.objects.content(n.id)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return newOpenFile(n, content), nil
}

// ReadFile returns the content of a file.
func (t *Tree) ReadFile(name string) ([]byte, error) {
	n, err := t.find("open", name, true)
	if err != nil {
		return nil, err
	}
	if n.mode.IsDir() {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("is a directory")}
	}
	content, err := t.objects.content(n.id)
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return content, nil
}

// ReadDir returns what is in a folder, sorted by name.
func (t *Tree) ReadDir(name string) ([]fs.DirEntry, error) {
	n, err := t.find("open", name, true)
	if err != nil {
		return nil, err
	}
	if !n.mode.IsDir() {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("not a directory")}
	}
	return n.entries(), nil
}

// Stat says what is at a path, where links lead to.
func (t *Tree) Stat(name string) (fs.FileInfo, error) { return t.info("stat", name, true) }

// Lstat says what is at a path; a link is a link.
func (t *Tree) Lstat(name string) (fs.FileInfo, error) { return t.info("lstat", name, false) }

func (t *Tree) info(op, name string, follow bool) (fs.FileInfo, error) {
	n, err := t.find(op, name, follow)
	if err != nil {
		return nil, err
	}
	info, err := n.Info()
	if err != nil {
		return nil, &fs.PathError{Op: op, Path: name, Err: err}
	}
	return info, nil
}

// ReadLink returns where a link leads to, as it stands there.
func (t *Tree) ReadLink(name string) (string, error) {
	n, err := t.find("readlink", name, false)
	if err != nil {
		return "", err
	}
	if n.mode&fs.ModeSymlink == 0 {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: fs.ErrInvalid}
	}
	target, err := t.objects.content(n.id)
	if err != nil {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: err}
	}
	return string(target), nil
}

// entries returns what is in a folder, sorted by name.
func (n *node) entries() []fs.DirEntry {
	var entries []fs.DirEntry
	for _, name := range slices.Sorted(maps.Keys(n.below)) {
		entries = append(entries, n.below[name])
	}
	return entries
}
