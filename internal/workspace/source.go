// Package workspace has the use cases: it opens a directory, the index or a revision, compiles, binds and links a stack of it, and lints, renders
// or follows what comes of that. It knows no flags and prints nothing.
package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"sync"

	"github.com/matrixgen/matrixgen/internal/git"
	"github.com/matrixgen/matrixgen/internal/outdir"
)

// OutFolder is the folder below the root that holds what is generated.
const OutFolder = "out"

// Source is the files of a repository: those of its work tree, of the index, or of a revision.
type Source struct {
	fs.FS
	// Folder is where the files are, or would be if they were checked out, and Root the same for a work tree; "" if the files are not in one.
	Folder, Root string
	// Name is what people call it.
	Name  string
	close func()
	// globs remembers what matched a pattern: every stack asks for the same of the folders above it, and one of these holds all stacks. It is nil where
	// nobody asks twice.
	globs *sync.Map
}

// Open opens a file or a folder. What is neither, such as a pipe, is refused: to open it might wait for ever.
func (s Source) Open(name string) (fs.File, error) {
	info, err := s.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() && !info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("not a regular file")}
	}
	return s.FS.Open(name)
}

// Stat describes a file without opening it.
func (s Source) Stat(name string) (fs.FileInfo, error) { return fs.Stat(s.FS, name) }

// ReadDir lists a folder.
func (s Source) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(s.FS, name) }

// Glob returns the names that match a pattern, as they were when it was first asked. Unlike [fs.Glob], it fails where the folder cannot be listed.
func (s Source) Glob(pattern string) ([]string, error) {
	if s.globs != nil {
		if known, ok := s.globs.Load(pattern); ok {
			return known.([]string), nil
		}
	}
	if _, err := s.ReadDir(path.Dir(pattern)); err != nil {
		return nil, err
	}
	names, err := fs.Glob(s.FS, pattern)
	if err == nil && s.globs != nil {
		s.globs.Store(pattern, names)
	}
	return names, err
}

// Close lets go of the files.
func (s Source) Close() {
	if s.close != nil {
		s.close()
	}
}

// Open returns the files below a folder, as they are in the work tree or in the index.
func Open(ctx context.Context, folder string, index bool) (Source, error) {
	if index {
		return Staged(ctx, folder)
	}
	return WorkTree(folder), nil
}

// WorkTree returns the files below the root of a repository.
func WorkTree(root string) Source {
	return Source{globs: &sync.Map{}, FS: os.DirFS(root), Folder: root, Root: root, Name: "the work tree"}
}

// Directory returns the files of a directory that may be a stranger's: no link leads out of it.
func Directory(ctx context.Context, folder string, index bool) (Source, error) {
	if index {
		return Staged(ctx, folder)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return Source{}, err
	}
	return Source{globs: &sync.Map{}, FS: root.FS(), Folder: folder, Root: folder, Name: folder, close: func() { root.Close() }}, nil
}

// Staged returns what the next commit would hold, below a folder.
func Staged(ctx context.Context, folder string) (Source, error) {
	repository, err := git.Open(ctx, folder)
	if err != nil {
		return Source{}, fromGit(err)
	}
	tree, err := repository.Index(ctx)
	if err != nil {
		return Source{}, fromGit(err)
	}
	return Source{globs: &sync.Map{}, FS: tree, Folder: folder, Name: "the index", close: func() { tree.Close() }}, nil
}

// Revision returns the files of a revision, below a folder.
func Revision(ctx context.Context, folder, name string) (Source, error) {
	repository, err := git.Open(ctx, folder)
	if err != nil {
		return Source{}, fromGit(err)
	}
	tree, err := repository.Revision(ctx, name)
	if err != nil {
		return Source{}, fromGit(err)
	}
	return Source{globs: &sync.Map{}, FS: tree, Folder: folder, Name: shown(name, tree.Commit), close: func() { tree.Close() }}, nil
}

// shown returns a revision as it was named, with the beginning of its id.
func shown(name, commit string) string {
	id := commit[:min(len(commit), 10)]
	if name == "" || len(name) >= 7 && len(name) <= len(commit) && commit[:len(name)] == name {
		return id
	}
	return name + " (" + id + ")"
}

// parted returns the files of the revision where two revisions parted.
func parted(ctx context.Context, folder, from, to string) (Source, error) {
	repository, err := git.Open(ctx, folder)
	if err != nil {
		return Source{}, fromGit(err)
	}
	base, err := repository.MergeBase(ctx, from, to)
	if err != nil {
		return Source{}, fromGit(err)
	}
	files, err := Revision(ctx, folder, base)
	files.Name = fmt.Sprintf("%s, where %s and %s parted", files.Name, from, to)
	return files, err
}

// Orphans returns what lies in out/ and belongs to no stack.
func (s Source) Orphans(stacks []string) ([]outdir.Orphan, error) {
	if s.Root == "" {
		return outdir.OrphansFS(s, OutFolder, stacks)
	}
	return outdir.Orphans(s.Root, OutFolder, stacks)
}
