package outdir

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

const (
	recordSchema = "matrixgen/commit/v1"
	recordName   = "commit.json"
)

// record says what a commit folder is to do. It stands there until all is done, and each step may be done twice: who comes after a crash
// carries it out again, and the new set wins.
type record struct {
	Schema string `json:"schema"`
	// Put are the files to put in place. The n-th stands in the commit folder as file n until it is moved.
	Put []string `json:"put"`
	// Remove are the files to delete, each with the hash that it had when it was judged.
	Remove map[string]string `json:"remove"`
}

// finishInterrupted finishes what a build that was killed left in the folder: past its point of no return the whole new set is put in place, before
// it only the leftover goes. It reports whether there was a set to finish.
func (d *folder) finishInterrupted() (bool, error) {
	entries, err := fs.ReadDir(d.FS(), ".")
	if err != nil {
		return false, d.fail("read", ".", err)
	}
	finished := false
	for _, entry := range entries {
		switch name := entry.Name(); {
		case strings.HasPrefix(name, stagingPrefix):
			if err := d.RemoveAll(name); err != nil {
				return false, d.fail("delete", name, err)
			}
		case name == commitName:
			r, err := d.readRecord()
			if err != nil {
				return false, err
			}
			if err := d.carryOut(r); err != nil {
				return false, err
			}
			finished = true
		}
	}
	return finished, nil
}

// readRecord returns the record of the commit folder. If there is none, all was done but deleting the folder, and it is empty.
func (d *folder) readRecord() (r record, err error) {
	name := path.Join(commitName, recordName)
	at, info, err := d.lookup(name)
	if err != nil || info == nil {
		return r, err
	}
	if at != name || !info.Mode().IsRegular() {
		return r, d.fail("read", at, errors.New("matrixgen did not write it: move it away or delete it"))
	}
	content, err := d.ReadFile(name)
	if err != nil {
		return r, d.fail("read", name, err)
	}
	if err = json.Unmarshal(content, &r); err == nil && r.Schema != recordSchema {
		err = fmt.Errorf("its schema is %q, this matrixgen knows %q", r.Schema, recordSchema)
	}
	for _, name := range r.names() {
		if err == nil && name != ManifestName && !validName(name) {
			err = fmt.Errorf("it lists %q, which no build writes", name)
		}
	}
	if err != nil {
		return r, d.fail("read", name, fmt.Errorf("%w: delete %s and build again", err, commitName))
	}
	return r, nil
}

// names are the files that the record speaks of.
func (r record) names() []string {
	return slices.AppendSeq(slices.Clone(r.Put), maps.Keys(r.Remove))
}

// carryOut does what the record says, and deletes the commit folder.
func (d *folder) carryOut(r record) error {
	if err := d.carryOutSteps(r); err != nil {
		return fmt.Errorf("%w (the new files are safe in %s: build again to put them in place)", err, path.Join(d.path, commitName))
	}
	return nil
}

func (d *folder) carryOutSteps(r record) error {
	for i, name := range r.Put {
		if err := d.put(path.Join(commitName, strconv.Itoa(i)), name); err != nil {
			return err
		}
	}
	for name, sum := range r.Remove {
		if err := d.remove(name, sum); err != nil {
			return err
		}
	}
	if err := d.RemoveAll(commitName); err != nil {
		return d.fail("delete", commitName, err)
	}
	return nil
}

// put moves a staged file into place, unless an earlier try did.
func (d *folder) put(staged, name string) error {
	if _, err := d.Lstat(staged); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := d.makeFolder(path.Dir(name)); err != nil {
		return err
	}
	if err := d.Rename(staged, name); err != nil {
		return d.fail("write", name, err)
	}
	return nil
}

// remove deletes a file if it still has the hash, and the folders that are empty then.
func (d *folder) remove(name, sum string) error {
	at, info, err := d.lookup(name)
	if err != nil {
		return err
	}
	if info != nil {
		if at != name || !info.Mode().IsRegular() {
			return nil
		}
		if content, err := d.ReadFile(name); err != nil || hash(content) != sum {
			return err
		}
		if err := d.Remove(name); err != nil {
			return d.fail("delete", name, err)
		}
	}
	for _, parent := range parents(name) {
		// It fails on a folder that holds something else, which is how we know.
		_ = d.Remove(parent)
	}
	return nil
}
