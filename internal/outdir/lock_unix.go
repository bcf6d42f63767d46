//go:build unix && !solaris && !aix

package outdir

import (
	"errors"
	"os"
	"syscall"
)

// lockMode says who else may hold the lock.
type lockMode int

const (
	shared    lockMode = syscall.LOCK_SH
	exclusive lockMode = syscall.LOCK_EX
)

// tryLock reports false if another process holds the lock, which ends with the process. A file system without locks is no reason not to build.
func tryLock(f *os.File, mode lockMode) bool {
	err := syscall.Flock(int(f.Fd()), int(mode)|syscall.LOCK_NB)
	return !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR)
}
