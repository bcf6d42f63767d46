package cli

import (
	"os"
	"runtime/debug"
)

// stackMemory is what garbage may grow by for each stack, in bytes. CUE never forgets a name of a field, and a stack has some forty of its own, such as
// the labels of its routers: six kilobytes stay of it. Near to the limit, it would be collected all the time.
const stackMemory = 16 << 10

// holdGarbage lets garbage grow to that many bytes, and more for each stack, unless the environment says otherwise. Within them, it is
// collected at half of the rate that main sets: one stack or one directory ends before anything is. To collect what it has made so far, nearly all of
// which is in use, would be a tenth of its time.
func holdGarbage(limit int64, stacks int) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(limit + int64(stacks)*stackMemory)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(1600)
	}
}
