package cli

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/matrixgen/matrixgen/internal/compile"
)

// lookEvery is how often watch looks at the stacks: soon enough for somebody who just saved, and some hundred files cost it nothing. It asks
// for no notice of the file system, which a mounted folder or a container often does not give.
const lookEvery = 200 * time.Millisecond

// watch builds, and again whenever a file below stacks/ changes, until it is interrupted.
func (a *app) watch(ctx context.Context, names []string) error {
	root, err := a.repository()
	if err != nil {
		return err
	}
	folder := filepath.Join(root, compile.StacksFolder)
	for {
		seen := fingerprint(folder)
		err := a.build(ctx, names, false, false, true)
		if ctx.Err() != nil {
			return nil
		}
		// A stack that is wrong is what the next save mends.
		var exit *exitError
		if err != nil && (!errors.As(err, &exit) || exit.code == exitFailed) {
			return err
		}
		a.say(exit)
		a.compilers = &compile.Pool{} // what they evaluated goes with them
		debug.FreeOSMemory()          // a watcher runs for days, and the next save may be hours away
		tell(a.Err, "watching %s/ for changes; Ctrl-C ends it\n", compile.StacksFolder)
		if !waitForChange(ctx, folder, seen) {
			return nil
		}
	}
}

// waitForChange returns true when the folder is another one than was seen and has come to rest, false when the context ends.
func waitForChange(ctx context.Context, folder string, seen uint64) bool {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	last := seen
	for {
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
		now := fingerprint(folder)
		if now != seen && now == last {
			return true
		}
		last = now
	}
}

// fingerprint returns a number that changes when a file below the folder is written, made, renamed or deleted.
func fingerprint(folder string) uint64 {
	sum := fnv.New64a()
	_ = filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil // gone between two looks: the next one sees it
		}
		if info, err := os.Stat(name); err == nil && !entry.IsDir() {
			fmt.Fprintln(sum, name, info.Size(), info.ModTime().UnixNano())
		}
		return nil
	})
	return sum.Sum64()
}
