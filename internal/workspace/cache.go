package workspace

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// cache remembers stacks whose build changed nothing. An entry holds a digest of all that went in and of all that
// stands in out/. Both are worked out anew whenever it is asked, so that an entry can be missing, and never wrong.
type cache struct {
	// folder is that of this program alone: another one may say something else of the same files.
	folder string
	// settings is what decides what a build says, beside the files of the stack.
	settings string
}

// entry is what is remembered of a stack.
type entry struct {
	// Read has what was read for the stack, by its path in the repository, with its digest.
	Read map[string]string `json:"read"`
	// Out is the digest of what stands in the folder of the stack.
	Out string `json:"out"`
	// Claims are the sums of what it alone may have.
	Claims []claim `json:"claims"`
	// Findings are those of a build that writes: none of them is an error.
	Findings []diag.Finding `json:"findings"`
}

// openCache returns the cache of this program in the user's folder for caches, or nil: without one everything is built.
func openCache(settings string) *cache {
	folder, err := os.UserCacheDir()
	if err != nil {
		return nil
	}
	program := programID()
	if program == "" {
		return nil
	}
	return &cache{folder: filepath.Join(folder, "matrixgen", digest([]byte(program))), settings: settings}
}

// programID tells this program from every other: by the file it was started from, which a build writes anew, and by what it was built of.
func programID() string {
	name, err := os.Executable()
	if err != nil {
		return ""
	}
	info, err := os.Stat(name)
	if err != nil {
		return ""
	}
	id := fmt.Sprint(name, info.Size(), info.ModTime().UnixNano())
	if built, ok := debug.ReadBuildInfo(); ok {
		id += built.String()
	}
	return id
}

func (c *cache) file(source Source, stack string) string {
	return filepath.Join(c.folder, digest([]byte(strings.Join([]string{c.settings, source.Root, stack}, "\x00"))))
}

// unchanged returns what a build of the stack would say: nothing, if all that it reads and all that it writes is what it was.
func (c *cache) unchanged(source Source, stack string) (Built, bool) {
	if c == nil {
		return Built{}, false
	}
	text, err := os.ReadFile(c.file(source, stack))
	var e entry
	if err != nil || json.Unmarshal(text, &e) != nil || len(e.Read) == 0 || e.Out != digestBelow(source, path.Join(OutFolder, stack)) {
		return Built{}, false
	}
	for name, was := range e.Read {
		if digestAt(source, name) != was {
			return Built{}, false
		}
	}
	return Built{Findings: e.Findings, claims: e.Claims}, true
}

// remember keeps that a stack is built: what was read for it, and the digest of its folder in out/ before it was compared. What cannot be kept
// is built again.
func (c *cache) remember(source Source, stack string, e entry) {
	if c == nil || strings.HasPrefix(e.Out, unreadable) || e.Out != digestBelow(source, path.Join(OutFolder, stack)) {
		return
	}
	for name, was := range e.Read { // somebody may have written while it was built
		if digestAt(source, name) != was {
			return
		}
	}
	text, err := json.Marshal(e)
	if err != nil || c.open() != nil {
		return
	}
	part, err := os.CreateTemp(c.folder, ".part-*")
	if err != nil {
		return
	}
	defer os.Remove(part.Name())
	_, err = part.Write(text)
	if closed := part.Close(); err != nil || closed != nil {
		return
	}
	_ = os.Rename(part.Name(), c.file(source, stack)) // an entry that is not there costs a build
}

// open makes the folder of this program, and then removes those of programs that built nothing for a month.
func (c *cache) open() error {
	if _, err := os.Stat(c.folder); err == nil {
		return nil
	}
	if err := os.MkdirAll(c.folder, 0o700); err != nil {
		return err
	}
	others, err := os.ReadDir(filepath.Dir(c.folder))
	if err != nil {
		return err
	}
	for _, other := range others {
		if info, err := other.Info(); err == nil && time.Since(info.ModTime()) > 30*24*time.Hour {
			os.RemoveAll(filepath.Join(filepath.Dir(c.folder), other.Name()))
		}
	}
	return nil
}

// digestBelow returns a digest of everything below a folder of out/ but the plain secrets, which no build reads or writes.
func digestBelow(files fs.FS, folder string) string {
	found := map[string]string{}
	err := fs.WalkDir(files, folder, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == path.Join(folder, secretsFolder) && entry.IsDir():
			return fs.SkipDir
		case !entry.IsDir():
			found[name] = entry.Type().String() + digestAt(files, name)
		}
		return nil
	})
	if err != nil {
		return unreadable + err.Error()
	}
	var all strings.Builder
	for _, name := range slices.Sorted(maps.Keys(found)) {
		all.WriteString(name + "\x00" + found[name] + "\x00")
	}
	return digest([]byte(all.String()))
}
