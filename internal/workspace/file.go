package workspace

import (
	"context"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing/fstest"

	"github.com/matrixgen/matrixgen/internal/model"
)

// maxAlone is how long a file may be that is checked on its own.
const maxAlone = 16 << 20

// File returns one file that is checked on its own, by its text: an editor's, or what a hook is handed. name is what it is called, and may say what
// it is. Nothing is known of what else there is: what the file speaks of is not missed.
func (l *Linter) File(ctx context.Context, dir, name string, text []byte) (Target, error) {
	clean := path.Clean(filepath.ToSlash(name))
	if !fs.ValidPath(clean) || clean == "." {
		return Target{}, refuse("give a name such as homeserver.yaml", "%s is no name of a file here", name)
	}
	if l.Against.From != "" || l.Index {
		return Target{}, refuse("give its directory", "a file on its own has no earlier revision: %s", name)
	}
	files := fstest.MapFS{clean: &fstest.MapFile{Data: text}} // an ordinary file system in memory, whatever its package is called
	guide := ""
	if strings.EqualFold(path.Ext(clean), ".md") {
		guide = clean
	}
	look := func(files fs.FS) (Seen, error) {
		return l.lookAtPath(ctx, looked{folder: dir, guide: guide, alone: true}, files)
	}
	return Target{Name: ".", Dir: dir, Files: Source{FS: files, Folder: dir, Name: name}, look: look}, nil
}

// fileAlone returns the file that a path names, if it is one that is checked on its own; false for a directory, a guide and what is not there.
func (l *Linter) fileAlone(ctx context.Context, dir, name string) (Target, bool, error) {
	at := join(dir, name)
	info, err := os.Stat(at)
	if err != nil || !info.Mode().IsRegular() || strings.EqualFold(filepath.Ext(at), ".md") {
		return Target{}, false, nil
	}
	if info.Size() > maxAlone {
		return Target{}, true, refuse("give its directory", "%s is too large to be checked on its own", name)
	}
	text, err := os.ReadFile(at)
	if err != nil {
		return Target{}, true, err
	}
	folder, file := filepath.Dir(at), filepath.Base(at)
	if filepath.IsLocal(name) { // findings are then where the path says
		folder, file = dir, name
	}
	t, err := l.File(ctx, folder, file, text)
	if t.Name = "."; folder != dir {
		t.Name = path.Dir(filepath.ToSlash(name))
	}
	return t, true, err
}

// missingNothing returns deployments of which nothing says that a file is not there.
func missingNothing(deployments iter.Seq[*model.Deployment]) iter.Seq[*model.Deployment] {
	return func(yield func(*model.Deployment) bool) {
		for d := range deployments {
			d.Missing = nil
			for _, s := range d.Services {
				for i := range s.Mounts {
					s.Mounts[i].Missing = false
				}
			}
			if !yield(d) {
				return
			}
		}
	}
}
