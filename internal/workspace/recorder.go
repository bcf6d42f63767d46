package workspace

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"strings"
	"sync"
)

// recorder is files that remember what was read of them: each file, each folder and each absence, with a digest of what was there.
type recorder struct {
	fs.FS
	mu   sync.Mutex
	read map[string]string
}

func newRecorder(files fs.FS) *recorder { return &recorder{FS: files, read: map[string]string{}} }

func (r *recorder) remember(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.read[name]; !known {
		r.read[name] = digestAt(r.FS, name)
	}
}

// Open opens a file or a folder, which is remembered.
func (r *recorder) Open(name string) (fs.File, error) {
	r.remember(name)
	return r.FS.Open(name)
}

// Stat describes a file, which is remembered.
func (r *recorder) Stat(name string) (fs.FileInfo, error) {
	r.remember(name)
	return fs.Stat(r.FS, name)
}

// ReadDir lists a folder, which is remembered.
func (r *recorder) ReadDir(name string) ([]fs.DirEntry, error) {
	r.remember(name)
	return fs.ReadDir(r.FS, name)
}

// Glob returns the names that match a pattern, which are remembered.
func (r *recorder) Glob(pattern string) ([]string, error) {
	r.remember(globbed + pattern)
	return fs.Glob(r.FS, pattern)
}

// globbed begins the name under which it is remembered what matched a pattern. No path begins with it.
const globbed = "/"

// unreadable begins the digest of what cannot be read.
const unreadable = "! "

// digestAt returns a digest of a file, or of the names in a folder, or of those that match a pattern, with what kind of thing it is. What cannot be
// read has the digest of the reason, so that it is looked at again once it can.
func digestAt(files fs.FS, name string) string {
	if pattern, ok := strings.CutPrefix(name, globbed); ok {
		names, err := fs.Glob(files, pattern)
		if err != nil {
			return unreadable + err.Error()
		}
		return "g " + digest([]byte(strings.Join(names, "\x00")))
	}
	info, err := fs.Stat(files, name)
	switch {
	case err != nil:
		return unreadable + err.Error()
	case info.IsDir():
		entries, err := fs.ReadDir(files, name)
		if err != nil {
			return unreadable + err.Error()
		}
		var names strings.Builder
		for _, entry := range entries {
			names.WriteString(entry.Type().String() + " " + entry.Name() + "\x00")
		}
		return "d " + digest([]byte(names.String()))
	case !info.Mode().IsRegular():
		return "? " + info.Mode().String()
	}
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return unreadable + err.Error()
	}
	return info.Mode().String() + " " + digest(text)
}

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
