//go:build unix

package secret

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// takeOver makes sure that a folder of secrets, an absolute path, belongs to who runs this: another owner could replace what the containers read. It is taken over from
// the owner of the folder that it lies in, such as an operator who has become root meanwhile, and refused from others. Above it, nobody else may rename what he likes.
func takeOver(folder string) error {
	owner, err := ownerOf(folder)
	if err != nil {
		return err
	}
	above, err := ownerOf(filepath.Dir(folder))
	if err != nil {
		return err
	}
	if me := os.Geteuid(); owner != me {
		if me != 0 || owner != above {
			return fmt.Errorf("%s belongs to another user (%d), who could replace the secrets in it: remove it, or give another folder with --to", folder, owner)
		}
		if err := os.Lchown(folder, me, os.Getegid()); err != nil {
			return err
		}
	}
	for dir := filepath.Dir(folder); ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o002 != 0 && info.Mode()&os.ModeSticky == 0 {
			return fmt.Errorf("every user of this host can write to %s, and put another folder in the place of %s: chmod o-w %s, or give another folder with --to", dir, folder, dir)
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}

// ownerOf returns the id of the user whom a file belongs to.
func ownerOf(name string) (int, error) {
	info, err := os.Lstat(name)
	if err != nil {
		return 0, err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return os.Geteuid(), nil
	}
	return int(stat.Uid), nil
}

// ownedBy reports whether a file belongs to the user and to the group of the same number.
func ownedBy(root *os.Root, name string, owner int) bool {
	info, err := root.Lstat(name)
	if err != nil {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == owner && int(stat.Gid) == owner
}
