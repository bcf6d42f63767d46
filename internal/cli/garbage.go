package cli

import (
	"os"
	"runtime/debug"
)

// stackMemory is what garbage may grow to for each stack at least, in bytes: what is known of a stack at the end, and names such as its hosts, which CUE
// never forgets, take some three kilobytes. Near to the limit, garbage would be collected all the time.
const stackMemory = 20 << 10

// holdGarbage lets garbage grow to that many bytes, or to more for very many stacks, unless the environment says otherwise. Within them, it is
// collected at half of the rate that main sets: one stack or one directory ends before anything is. To collect what it has made so far, nearly all of
// which is in use, would be a tenth of its time.
func holdGarbage(limit int64, stacks int) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(max(limit, int64(stacks)*stackMemory))
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(1600)
	}
}
