//go:build unix

package secret

import (
	"os"
	"syscall"
)

// ownedBy reports whether a file belongs to the user and to the group of the same number.
func ownedBy(root *os.Root, name string, owner int) bool {
	info, err := root.Lstat(name)
	if err != nil {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == owner && int(stat.Gid) == owner
}
