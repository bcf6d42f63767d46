package outdir

import (
	"errors"
	"io"
	"io/fs"
	"strings"
)

// judgeRest is called for everything in the folder, and judges what is not wanted.
func (c *comparison) judgeRest(name string, entry fs.DirEntry, err error) error {
	_, judged := c.changes[name]
	switch {
	case err != nil || name == ".":
		return err
	case strings.HasPrefix(name, stagingPrefix):
		c.add(Change{Name: name, Kind: Interrupted, Why: "a build was interrupted before it changed anything: build again"})
	case name == secretsName, c.known[name], judged:
	case entry.IsDir() && c.folders[name]:
		return nil
	case entry.IsDir():
		// Told in one line: what a service keeps there may be thousands of files, and not ours to read.
		if holdsFile(c.tree.files, name) {
			c.add(Change{Name: name, Kind: Extra, Why: "a folder that nothing generates: move it away or delete it"})
		}
	default:
		return c.judgeUnwanted(name, entry)
	}
	if entry.IsDir() {
		return fs.SkipDir
	}
	return nil
}

// judgeUnwanted judges a file that nothing generates: it is ours as the last build left it, or if its header says so.
func (c *comparison) judgeUnwanted(name string, entry fs.DirEntry) error {
	sum, recorded := c.recorded[name]
	// A record that lacks the file outweighs its header: docker-compose.override.yml often begins as a copy of a generated file.
	perhaps := recorded || c.recorded == nil && c.headMarked(name, entry)
	if !entry.Type().IsRegular() || !perhaps {
		c.add(Change{Name: name, Kind: Extra, Why: what(entry.Type()) + " that nothing generates: move it away or delete it"})
		return nil
	}
	old, err := fs.ReadFile(c.tree.files, name)
	switch {
	case err != nil:
		return c.tree.fail("read", name, err)
	case recorded && sum == hash(old):
		c.add(Change{Name: name, Kind: Removed, Why: "the last build wrote it, and nothing generates it now", Old: old})
	case marked(old):
		c.add(Change{Name: name, Kind: Removed, Why: "its header says that matrixgen wrote it, and nothing generates it now", Old: old})
	default:
		c.add(Change{Name: name, Kind: Extra, Why: "nothing generates it now, and it was edited since the last build: move it away or delete it"})
	}
	return nil
}

// headMarked looks for our header without reading all of a file, which may be large. One that cannot be read is not ours.
func (c *comparison) headMarked(name string, entry fs.DirEntry) bool {
	if !entry.Type().IsRegular() {
		return false
	}
	f, err := c.tree.files.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, headSize))
	return err == nil && marked(head)
}

// holdsFile reports whether there is anything but folders below a folder. One that cannot be read is not empty.
func holdsFile(tree fs.FS, name string) bool {
	found := errors.New("found")
	return fs.WalkDir(tree, name, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return found
		}
		return nil
	}) != nil
}
