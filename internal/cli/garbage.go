package cli

import (
	"os"
	"runtime/debug"
)

// holdGarbage lets garbage grow to that many bytes, unless the environment says otherwise. Within them, it is collected at half of the rate that main
// sets: one stack or one directory ends before anything is. To collect what it has made so far, nearly all of which is in use, would be a tenth of its time.
func holdGarbage(limit int64) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(limit)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(1600)
	}
}
