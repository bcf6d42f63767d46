package secret

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Plain is a secret in clear, as one container reads it.
type Plain struct {
	File    model.SecretFile
	Content []byte
}

// Plains returns the files of the slots with their contents, in the order of the slots. missing are the slots that have no value.
func (o *Opened) Plains(slots []model.Slot) (plains []Plain, missing []string) {
	for _, slot := range slots {
		value, ok := o.Value(slot.Name)
		if !ok || value.text == "" {
			missing = append(missing, slot.Name)
			continue
		}
		for _, file := range slot.Files {
			if others, ok := o.others(file); ok && file.Slot == slot.Name {
				plains = append(plains, Plain{file, Content(file, value, others...)})
			}
		}
	}
	return plains, missing
}

// others returns the further values of a file; false if one is missing.
func (o *Opened) others(file model.SecretFile) ([]Value, bool) {
	var others []Value
	for _, part := range file.Then {
		value, ok := o.Value(part.Slot)
		if !ok || value.text == "" {
			return nil, false
		}
		others = append(others, value)
	}
	return others, true
}

// Placed says what became of a file in the folder of secrets.
type Placed struct {
	Name string
	// Service is the one that reads it; "" if that is not known.
	Service string
	// Change is "created", "updated", "removed", or "" for a file that was as it should be.
	Change string
	// Owner is set for a file that could not be given to its owner: the user id.
	Owner *int
}

// Place writes the files into a folder that nobody else on the host can enter, each with the owner and mode that its reader needs. All are written
// beside the old ones before the first of these is replaced, so a full disk leaves the folder as it was. Of obsolete, the names that are no longer
// needed, it removes what is there.
func Place(folder string, plains []Plain, obsolete []string) (placed []Placed, err error) {
	if err := makeFolder(folder); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	written := map[string]string{} // temporary names by names
	defer func() {
		for _, temporary := range written {
			_ = root.Remove(temporary)
		}
	}()
	for _, plain := range plains {
		p := Placed{Name: plain.File.Name, Service: plain.File.Service}
		if p.Change, err = change(root, plain); err != nil {
			return nil, err
		}
		if p.Change != "" {
			temporary := ".new-" + p.Name
			written[p.Name] = temporary
			if err := write(root, temporary, plain); err != nil {
				return nil, err
			}
		}
		placed = append(placed, p)
	}
	for i := range placed {
		p, plain := &placed[i], plains[i]
		if temporary, ok := written[p.Name]; ok {
			if err := root.Rename(temporary, p.Name); err != nil {
				return nil, err
			}
			delete(written, p.Name)
		}
		if !ownedBy(root, p.Name, plain.File.Owner) && root.Chown(p.Name, plain.File.Owner, plain.File.Owner) != nil {
			p.Owner = &plain.File.Owner
		}
	}
	for _, name := range obsolete {
		switch err := root.Remove(name); {
		case err == nil:
			placed = append(placed, Placed{Name: name, Change: "removed"})
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	return placed, nil
}

// IsClosed reports whether nobody but its owner can enter a folder.
func IsClosed(folder string) bool {
	info, err := os.Lstat(folder)
	return err == nil && info.Mode().Perm() == 0o700
}

// makeFolder makes the folder, and keeps others out of one that is there.
func makeFolder(folder string) error {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(folder)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a folder", folder)
	}
	if err := takeOver(folder); err != nil {
		return err
	}
	if info.Mode().Perm() == 0o700 {
		return nil
	}
	return os.Chmod(folder, 0o700)
}

// change says what has to be done so that a file is as its reader needs it, apart from its owner.
func change(root *os.Root, plain Plain) (string, error) {
	info, err := root.Lstat(plain.File.Name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "created", nil
	case err != nil:
		return "", err
	case info.IsDir():
		// Docker makes a folder where a file that it shall mount is missing.
		return "", fmt.Errorf("%s is a folder: Docker made it when the file was missing; remove it", filepath.Join(root.Name(), plain.File.Name))
	case !info.Mode().IsRegular() || info.Mode().Perm() != plain.File.Permissions():
		return "updated", nil
	}
	content, err := root.ReadFile(plain.File.Name)
	if err == nil && bytes.Equal(content, plain.Content) {
		return "", nil
	}
	return "updated", nil
}

// write writes a file with its mode and, if that is allowed, its owner, before anything stands in it that others may not read.
func write(root *os.Root, name string, plain Plain) error {
	if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(plain.Content)
	_ = file.Chown(plain.File.Owner, plain.File.Owner) // who may not is told at the end
	return errors.Join(err, file.Chmod(plain.File.Permissions()), file.Sync(), file.Close())
}

// Obsolete returns the files in a folder of secrets that were written for slots which the stack no longer has, out of all that the schema knows,
// and the names of those that nobody knows.
func Obsolete(folder string, known []model.Slot, plains []Plain) (obsolete, unknown []string, err error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	for _, entry := range entries {
		name := entry.Name()
		needed := slices.ContainsFunc(plains, func(p Plain) bool { return p.File.Name == name })
		ours := strings.HasPrefix(name, ".new-") || slices.ContainsFunc(known, func(s model.Slot) bool {
			return slices.ContainsFunc(s.Files, func(f model.SecretFile) bool { return f.Name == name })
		})
		switch {
		case needed:
		case ours:
			obsolete = append(obsolete, name)
		default:
			unknown = append(unknown, name)
		}
	}
	return obsolete, unknown, nil
}

// Variable returns the name of the environment variable by which compose gets a secret that shall not touch the disk.
func Variable(file string) string { return "MATRIXGEN_" + strings.ToUpper(file) }

// Environment returns the files as variables for the environment of compose.
func Environment(plains []Plain) []string {
	var variables []string
	for _, plain := range plains {
		variables = append(variables, Variable(plain.File.Name)+"="+string(plain.Content))
	}
	return variables
}

// OwnerText returns user and group as chown takes them.
func OwnerText(owner int) string { return strconv.Itoa(owner) + ":" + strconv.Itoa(owner) }
