//go:build unix && !solaris && !aix

package secret

import (
	"errors"
	"os"
	"syscall"
)

// lock waits until nobody else writes secrets in a folder. The lock ends with the process. A file system without locks is no reason not to write.
func lock(folder string) (unlock func(), err error) {
	f, err := os.Open(folder)
	if err != nil {
		return nil, err
	}
	for errors.Is(syscall.Flock(int(f.Fd()), syscall.LOCK_EX), syscall.EINTR) {
	}
	return func() { f.Close() }, nil
}
