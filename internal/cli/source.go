package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/matrixgen/matrixgen/internal/git"
	"github.com/matrixgen/matrixgen/internal/outdir"
)

// source is the files of a repository: those of its work tree, of the index, or of a revision.
type source struct {
	fs.FS
	// folder is where the files are, or would be if they were checked out, and root the same for a work tree; "" if the files are not in one.
	folder, root string
	// name is what people call it.
	name  string
	close func()
}

// Open opens a file or a folder. What is neither, such as a pipe, is refused: to open it might wait for ever.
func (s source) Open(name string) (fs.File, error) {
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
func (s source) Stat(name string) (fs.FileInfo, error) { return fs.Stat(s.FS, name) }

// ReadDir lists a folder.
func (s source) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(s.FS, name) }

// sourceOf returns the files below a folder, as they are in the work tree or in the index.
func sourceOf(ctx context.Context, folder string, index bool) (source, error) {
	if index {
		return staged(ctx, folder)
	}
	return workTree(folder), nil
}

func workTree(root string) source {
	return source{FS: os.DirFS(root), folder: root, root: root, name: "the work tree", close: func() {}}
}

// folderSource returns the files of a directory that may be a stranger's: no link leads out of it.
func folderSource(ctx context.Context, folder string, index bool) (source, error) {
	if index {
		return staged(ctx, folder)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return source{}, &exitError{code: exitFailed, message: err.Error()}
	}
	return source{FS: root.FS(), folder: folder, root: folder, name: folder, close: func() { root.Close() }}, nil
}

// orphans returns what lies in out/ and belongs to no stack.
func (s source) orphans(stacks []string) ([]outdir.Orphan, error) {
	if s.root == "" {
		return outdir.OrphansFS(s, outFolder, stacks)
	}
	return outdir.Orphans(s.root, outFolder, stacks)
}

// staged returns what the next commit would hold, below a folder.
func staged(ctx context.Context, folder string) (source, error) {
	repository, err := git.Open(ctx, folder)
	if err != nil {
		return source{}, gitError(err)
	}
	tree, err := repository.Index(ctx)
	if err != nil {
		return source{}, gitError(err)
	}
	return source{FS: tree, folder: folder, name: "the index", close: func() { tree.Close() }}, nil
}

// revision returns the files of a revision, below a folder.
func revision(ctx context.Context, folder, name string) (source, error) {
	repository, err := git.Open(ctx, folder)
	if err != nil {
		return source{}, gitError(err)
	}
	tree, err := repository.Revision(ctx, name)
	if err != nil {
		return source{}, gitError(err)
	}
	return source{FS: tree, folder: folder, name: shown(name, tree.Commit), close: func() { tree.Close() }}, nil
}

// shown returns a revision as it was named, with the beginning of its id.
func shown(name, commit string) string {
	id := commit[:min(len(commit), 10)]
	if name == "" || len(name) >= 7 && len(name) <= len(commit) && commit[:len(name)] == name {
		return id
	}
	return name + " (" + id + ")"
}

// gitError says what to do about what git refuses: that is for whoever runs the command; all else is a failure.
func gitError(err error) error {
	var refusal *git.Refusal
	if errors.As(err, &refusal) {
		return usageError(refusal.Hint, "%s", refusal.Message)
	}
	return &exitError{code: exitFailed, message: err.Error()}
}
