package secret

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Held returns what is wrong with the file of a secret in a folder, in words that follow the name of the file; "" if nothing is. It does not read it.
func Held(folder string, file model.SecretFile) (string, error) {
	root, err := os.OpenRoot(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return "is not there", nil
	}
	if err != nil {
		return "", err
	}
	defer root.Close()
	info, err := root.Lstat(file.Name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "is not there", nil
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "is no file", nil
	case info.Size() == 0:
		return "is empty", nil
	case !ownedBy(root, file.Name, file.Owner):
		return "does not belong to " + OwnerText(file.Owner), nil
	case info.Mode().Perm() != file.Permissions():
		return fmt.Sprintf("has the mode %04o, and not %s", info.Mode().Perm(), file.Mode), nil
	}
	return "", nil
}
