package fix

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// Write puts the new content of a file in its place, at once: whoever opens the file sees the old text or the new one. Mode and owner stay. It
// refuses a file that is a link, and one that is not as it was read.
func (c Change) Write(root *os.Root) (err error) {
	name := filepath.FromSlash(c.Name)
	info, err := root.Lstat(name)
	if err != nil {
		return fmt.Errorf("write %s: %w", c.Name, err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("write %s: it is no regular file", c.Name)
	}
	if now, err := root.ReadFile(name); err != nil || !bytes.Equal(now, c.Old) {
		return fmt.Errorf("write %s: somebody has changed it meanwhile", c.Name)
	}
	folder := filepath.FromSlash(path.Join(path.Dir(c.Name), stageFolder))
	defer func() {
		gone := root.RemoveAll(folder)
		if err != nil {
			err = errors.Join(fmt.Errorf("write %s: %w", c.Name, err), gone)
		}
	}()
	if err := makeStage(root, folder); err != nil {
		return err
	}
	staged := filepath.Join(folder, rand.Text())
	if err := stage(root, staged, c.New, info); err != nil {
		return err
	}
	return root.Rename(staged, name)
}

// stageFolder is where a file waits for its place, beside it: a copy with all the secrets that it has. It ignores itself in Git, and the next run
// takes away what a killed one left there.
const stageFolder = ".matrixgen-fix"

// Sweep takes away what runs that were killed left below a folder. A run that has nothing to write leaves none of it either.
func Sweep(root *os.Root, below string) error {
	return fs.WalkDir(root.FS(), below, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission):
			return nil
		case err != nil:
			return err
		case !entry.IsDir():
			return nil
		case entry.Name() == ".git":
			return fs.SkipDir
		case entry.Name() != stageFolder:
			return nil
		}
		if err := root.RemoveAll(filepath.FromSlash(name)); err != nil {
			return err
		}
		return fs.SkipDir
	})
}

func makeStage(root *os.Root, folder string) error {
	if err := root.RemoveAll(folder); err != nil {
		return err
	}
	if err := root.Mkdir(folder, 0o700); err != nil {
		return err
	}
	return root.WriteFile(filepath.Join(folder, ".gitignore"), []byte("*\n"), 0o600)
}

// stage writes a file that is not there yet, with the mode and the owner of another.
func stage(root *os.Root, name string, content []byte, like fs.FileInfo) error {
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	return errors.Join(err, keepOwner(file, like), file.Chmod(like.Mode()), file.Sync(), file.Close())
}
