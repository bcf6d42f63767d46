package starter

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// stageFolder is where files wait for their place. It ignores itself in Git, and the next run takes away what a killed one left there.
const stageFolder = ".matrixgen-init"

// Writing is a file that is to be written.
type Writing struct {
	// Path is where it belongs on the disk.
	Path    string
	Content []byte
	// Private says that it is for its owner alone. It waits beside its place, and never in the repository.
	Private bool
	// Replaces says that a file which is there is replaced. Without it, one is an error.
	Replaces bool
}

// WriteAll writes files into a folder, which is made if it is not there, and elsewhere: all of them or none. begin, which may be nil, is called
// in the folder before anything else, and returns what takes back what it did. A run that is killed leaves whole files, in the order in which
// they are given, and no half ones.
func WriteAll(folder string, begin func() (undo func(), err error), files []Writing) (err error) {
	w := &writer{}
	defer func() {
		if err != nil {
			w.takeBack()
		}
	}()
	if err := w.makeFolder(folder, 0o777); err != nil {
		return err
	}
	defer w.clean(filepath.Join(folder, stageFolder))
	if begin != nil {
		undo, err := begin()
		if err != nil {
			return err
		}
		w.undo = append(w.undo, undo)
	}
	files = slices.Clone(files)
	slices.SortStableFunc(files, func(a, b Writing) int { return last(a) - last(b) })
	if err := w.stage(filepath.Join(folder, stageFolder), files); err != nil {
		return err
	}
	for i, file := range files {
		if err := w.put(w.waiting[i], file); err != nil {
			return err
		}
	}
	return nil
}

// last is 1 for what replaces a file: that cannot be taken back, so it comes last.
func last(file Writing) int {
	if file.Replaces {
		return 1
	}
	return 0
}

// writer remembers where files wait, and what takes back what it did.
type writer struct {
	waiting []string
	undo    []func()
}

// clean takes away what waits no more.
func (w *writer) clean(stage string) {
	for _, name := range w.waiting {
		_ = os.Remove(name)
	}
	_ = os.RemoveAll(stage)
}

func (w *writer) takeBack() {
	for _, undo := range slices.Backward(w.undo) {
		undo()
	}
	w.undo = nil
}

// makeFolder makes a folder and those above it.
func (w *writer) makeFolder(folder string, mode fs.FileMode) error {
	info, err := os.Stat(folder)
	if err == nil && !info.IsDir() {
		return fmt.Errorf("make %s: a file is in the way", folder)
	}
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := w.makeFolder(filepath.Dir(folder), mode); err != nil {
		return err
	}
	if err := os.Mkdir(folder, mode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	w.undo = append(w.undo, func() { _ = os.Remove(folder) })
	return nil
}

// stage writes every file where it waits, so that a full disk is known of before the first one is in its place.
func (w *writer) stage(stage string, files []Writing) error {
	if err := os.RemoveAll(stage); err != nil {
		return err
	}
	if err := os.Mkdir(stage, 0o777); err != nil {
		return err
	}
	if err := write(filepath.Join(stage, ".gitignore"), []byte("*\n"), 0o666); err != nil {
		return err
	}
	for i, file := range files {
		folderMode, mode, name := fs.FileMode(0o777), fs.FileMode(0o666), filepath.Join(stage, fmt.Sprint(i))
		if file.Private {
			folderMode, mode, name = 0o700, 0o600, filepath.Join(filepath.Dir(file.Path), ".matrixgen-"+filepath.Base(file.Path))
			_ = os.Remove(name) // of a run that was killed
		}
		if err := w.makeFolder(filepath.Dir(file.Path), folderMode); err != nil {
			return err
		}
		w.waiting = append(w.waiting, name)
		if err := write(name, file.Content, mode); err != nil {
			return err
		}
	}
	return nil
}

// write writes a file that must not be there, and brings it to the disk.
func write(name string, content []byte, mode fs.FileMode) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	return errors.Join(err, file.Sync(), file.Close())
}

// put moves a file that waits to its place. A link refuses to replace what came there meanwhile; where the file system has none, the file is copied.
func (w *writer) put(staged string, file Writing) error {
	if file.Replaces {
		if info, err := os.Stat(file.Path); err == nil {
			if err := os.Chmod(staged, info.Mode().Perm()); err != nil {
				return err
			}
		}
		return os.Rename(staged, file.Path)
	}
	err := os.Link(staged, file.Path)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		mode := fs.FileMode(0o666)
		if file.Private {
			mode = 0o600
		}
		if err = write(file.Path, file.Content, mode); err != nil && !errors.Is(err, fs.ErrExist) {
			_ = os.Remove(file.Path)
		}
	}
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("write %s: there is a file by now", file.Path)
	}
	if err == nil {
		w.undo = append(w.undo, func() { _ = os.Remove(file.Path) })
	}
	return err
}
