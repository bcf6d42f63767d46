package outdir

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"strconv"
)

// Write makes the folder hold what is wanted: all of it, or on an error none. It finishes an interrupted build and compares again first, so
// that it judges what stands there now. Something in the way is an error, and then no file is touched.
func (p *Plan) Write() error {
	if p.Clean() {
		return nil
	}
	if err := p.refuse(); err != nil {
		return err
	}
	if err := p.unpark(); err != nil {
		return err
	}
	d, err := create(p.root, p.folder)
	if err != nil {
		return err
	}
	defer d.close()
	if _, err := d.finishInterrupted(); err != nil {
		return err
	}
	now := &Plan{root: p.root, folder: p.folder, want: p.want}
	if err := now.compare(&d.tree); err != nil {
		return err
	}
	if err := now.refuse(); err != nil {
		return err
	}
	put, remove := []File{}, map[string]string{}
	for _, c := range now.Changes {
		switch c.Kind {
		case Missing, Stale, Edited:
			put = append(put, File{c.Name, c.New})
		case Removed:
			remove[c.Name] = hash(c.Old)
		}
	}
	return d.apply(put, remove)
}

// refuse returns an error that names everything that is in the way.
func (p *Plan) refuse() error {
	var blocked []error
	for _, c := range p.Changes {
		if c.Kind == Blocked {
			blocked = append(blocked, fmt.Errorf("write %s: %s", path.Join(p.folder, c.Name), c.Why))
		}
	}
	return errors.Join(blocked...)
}

// create opens and locks a folder that need not be there yet.
func create(root, name string) (*folder, error) {
	top, err := openTop(root)
	if err != nil {
		return nil, err
	}
	defer top.Close()
	if err := top.makeFolder(name); err != nil {
		return nil, err
	}
	d, obstacle, err := open(root, name, exclusive)
	if err == nil && d == nil {
		err = fmt.Errorf("open %s: it was removed or replaced meanwhile %s", name, obstacle)
	}
	return d, err
}

// apply puts files in place, and deletes those that have the given hash, all or none.
func (d *folder) apply(put []File, remove map[string]string) error {
	if len(put) == 0 && len(remove) == 0 {
		return nil
	}
	r := record{Schema: recordSchema, Remove: remove}
	for _, f := range put {
		r.Put = append(r.Put, f.Name)
	}
	staging := stagingPrefix + rand.Text()
	if err := d.stage(staging, r, put); err != nil {
		// What went wrong matters more than a leftover, which the next build drops.
		_ = d.RemoveAll(staging)
		return err
	}
	return d.carryOut(r)
}

// stage writes the files beside those that they replace, each under its number in the record. It ends with the rename that is the point of
// no return.
func (d *folder) stage(staging string, r record, files []File) error {
	if err := errors.Join(d.Mkdir(staging, folderMode), d.Chmod(staging, folderMode)); err != nil {
		return d.fail("write", ".", err)
	}
	for i, f := range files {
		if err := d.writeNew(path.Join(staging, strconv.Itoa(i)), f.Content); err != nil {
			return d.fail("write", f.Name, err)
		}
	}
	content, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return d.fail("write", recordName, err)
	}
	if err := d.writeNew(path.Join(staging, recordName), content); err != nil {
		return d.fail("write", recordName, err)
	}
	// What can still fail for want of space fails before the point of no return.
	for _, f := range files {
		if err := d.makeFolder(path.Dir(f.Name)); err != nil {
			return err
		}
	}
	if err := d.Rename(staging, commitName); err != nil {
		return d.fail("write", commitName, err)
	}
	return nil
}

// writeNew writes a file of the staging folder. It is not forced to the disk: a build that dies is what a commit guards against. After a
// power cut the next build compares all bytes and mends what was lost, and Git has the rest.
func (d *folder) writeNew(name string, content []byte) (err error) {
	f, err := d.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Write(content); err != nil {
		return err
	}
	return f.Chmod(fileMode)
}
