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
	staged := filepath.FromSlash(path.Join(path.Dir(c.Name), ".matrixgen-fix-"+rand.Text()))
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("write %s: %w", c.Name, err), ignoreMissing(root.Remove(staged)))
		}
	}()
	if err := stage(root, staged, c.New, info); err != nil {
		return err
	}
	return root.Rename(staged, name)
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

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
