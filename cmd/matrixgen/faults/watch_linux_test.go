package faults

import (
	"encoding/binary"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// watcher sees each change of a file or folder below a folder, when it happens.
type watcher struct {
	file    *os.File
	changes chan time.Time
	folders map[int32]string
}

const watched = syscall.IN_CREATE | syscall.IN_MODIFY | syscall.IN_ATTRIB | syscall.IN_MOVE | syscall.IN_DELETE | syscall.IN_CLOSE_WRITE

// watch begins to look at a folder and all below it.
func watch(t *testing.T, dir string) *watcher {
	t.Helper()
	number, err := syscall.InotifyInit1(syscall.IN_CLOEXEC | syscall.IN_NONBLOCK)
	if err != nil {
		t.Fatal(err)
	}
	w := &watcher{file: os.NewFile(uintptr(number), "inotify"), changes: make(chan time.Time, 10_000), folders: map[int32]string{}}
	t.Cleanup(w.close)
	w.add(dir)
	go w.look()
	return w
}

// add watches a folder and those below it. What is not there any more when it is to be watched is not.
func (w *watcher) add(dir string) {
	_ = filepath.WalkDir(dir, func(name string, entry os.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return nil
		}
		raw, err := w.file.SyscallConn()
		if err != nil {
			return nil
		}
		return raw.Control(func(fd uintptr) {
			if id, err := syscall.InotifyAddWatch(int(fd), name, watched); err == nil {
				w.folders[int32(id)] = name
			}
		})
	})
}

// look tells of changes until the watcher is closed.
func (w *watcher) look() {
	defer close(w.changes)
	buffer := make([]byte, 64<<10)
	for {
		n, err := w.file.Read(buffer)
		if err != nil {
			return
		}
		for at := 0; at+syscall.SizeofInotifyEvent <= n; {
			id, mask := int32(binary.NativeEndian.Uint32(buffer[at:])), binary.NativeEndian.Uint32(buffer[at+4:])
			length := int(binary.NativeEndian.Uint32(buffer[at+12:]))
			name := strings.TrimRight(string(buffer[at+syscall.SizeofInotifyEvent:at+syscall.SizeofInotifyEvent+length]), "\x00")
			at += syscall.SizeofInotifyEvent + length
			if mask&syscall.IN_ISDIR != 0 && mask&(syscall.IN_CREATE|syscall.IN_MOVED_TO) != 0 {
				w.add(filepath.Join(w.folders[id], name))
			}
			select {
			case w.changes <- time.Now():
			default: // nobody counts so far
			}
		}
	}
}

// wait returns when there were so many changes, or when the command ended before, with its error.
func (w *watcher) wait(changes int, ended <-chan error) (err error, done bool) {
	for range changes {
		select {
		case err := <-ended:
			return err, true
		case <-w.changes:
		}
	}
	return nil, false
}

// all returns the times of the changes that were seen, once they have come to rest.
func (w *watcher) all() iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		for {
			select {
			case at := <-w.changes:
				if !yield(at) {
					return
				}
			case <-time.After(100 * time.Millisecond):
				return
			}
		}
	}
}

func (w *watcher) close() { _ = w.file.Close() }
