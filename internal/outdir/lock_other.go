//go:build !unix || solaris || aix

package outdir

import "os"

type lockMode int

const (
	shared lockMode = iota
	exclusive
)

// tryLock takes no lock: the standard library has none for this system.
func tryLock(*os.File, lockMode) bool { return true }
