package outdir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// folderMode and fileMode are set whatever the umask: containers whose users are not ours read these files.
const (
	folderMode = 0o755
	fileMode   = 0o644
)

// lockWait is how long to wait for another process in the same folder: it takes milliseconds, unless it is stopped.
const lockWait = 10 * time.Second

// folder is an open folder, out of which no name leads.
type folder struct {
	*os.Root
	tree
	lock *os.File
}

// open opens and locks a folder below the root, so that build --watch and a build by hand take turns. Without an error the folder may be
// nil: it is not there, or something is in its way.
func open(root, name string, mode lockMode) (d *folder, obstacle string, err error) {
	if !fs.ValidPath(name) {
		return nil, "", fmt.Errorf("open %s: it is not a path below %s", name, root)
	}
	top, err := openTop(root)
	if err != nil {
		return nil, "", err
	}
	defer top.Close()
	at, info, err := top.lookup(name)
	if err != nil || info == nil {
		return nil, "", err
	}
	if !info.IsDir() {
		return nil, at + ": " + inTheWay(info, "folder"), nil
	}
	opened, err := top.OpenRoot(name)
	if err != nil {
		return nil, "", top.fail("open", name, err)
	}
	d = &folder{Root: opened, tree: tree{opened.FS(), name}}
	if err := d.takeLock(mode); err != nil {
		return nil, "", errors.Join(err, opened.Close())
	}
	return d, "", nil
}

func openTop(root string) (*folder, error) {
	top, err := os.OpenRoot(root)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", root, cause(err))
	}
	return &folder{Root: top, tree: tree{files: top.FS()}}, nil
}

func (d *folder) takeLock(mode lockMode) (err error) {
	if d.lock, err = d.Open("."); err != nil {
		return d.fail("open", ".", err)
	}
	for deadline := time.Now().Add(lockWait); !tryLock(d.lock, mode); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			d.lock.Close()
			return fmt.Errorf("lock %s: another matrixgen is at work in it: wait for it or end it", d.path)
		}
	}
	return nil
}

// close lets go of the folder and its lock.
func (d *folder) close() {
	d.lock.Close()
	d.Close()
}

// makeFolder creates a folder and those above it.
func (d *folder) makeFolder(name string) error {
	for {
		at, info, err := d.lookup(name)
		switch {
		case err != nil:
			return err
		case info != nil && !info.IsDir():
			return d.fail("create", at, errors.New(inTheWay(info, "folder")))
		case info != nil:
			return nil
		}
		// Another build may have made it in the meantime.
		if err := d.Mkdir(at, folderMode); err != nil && !errors.Is(err, fs.ErrExist) {
			return d.fail("create", at, err)
		}
		if err := d.Chmod(at, folderMode); err != nil {
			return d.fail("create", at, err)
		}
	}
}
