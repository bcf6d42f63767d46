package outdir

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"slices"
)

// Compare reads the folder, a slash path below the root, and returns what a build that wants these files would change in it.
// The root is taken as it is given; below it a symlink is in the way.
func Compare(root, folder string, want []File) (*Plan, error) {
	if err := checkNames(want); err != nil {
		return nil, fmt.Errorf("compare %s: %w", folder, err)
	}
	p := &Plan{root: root, folder: folder, want: want}
	d, obstacle, err := open(root, folder, shared)
	switch {
	case err != nil:
		return nil, err
	case obstacle != "":
		p.Changes = blocked(obstacle)
		return p, nil
	case d == nil:
		return p, p.compare(nil)
	}
	defer d.close()
	return p, p.compare(&d.tree)
}

// CompareFS is [Compare] for files that are not in a work tree, but of a revision or of the index. It returns the changes, for there is nothing to
// write.
func CompareFS(repository fs.FS, folder string, want []File) ([]Change, error) {
	if err := checkNames(want); err != nil {
		return nil, fmt.Errorf("compare %s: %w", folder, err)
	}
	t, obstacle, err := sub(repository, folder)
	switch {
	case err != nil:
		return nil, err
	case obstacle != "":
		return blocked(obstacle), nil
	}
	p := &Plan{folder: folder, want: want}
	err = p.compare(t)
	return p.Changes, err
}

func blocked(obstacle string) []Change {
	return []Change{{Name: ".", Kind: Blocked, Why: obstacle}}
}

// compare fills in the changes. A nil tree is a folder that is not there.
func (p *Plan) compare(t *tree) error {
	manifest, err := Manifest(p.want)
	if err != nil {
		return err
	}
	c := comparison{tree: t, known: map[string]bool{}, folders: map[string]bool{}, changes: map[string]Change{}}
	if t == nil || !c.interrupted() {
		if err := c.judge(append(slices.Clone(p.want), manifest)); err != nil {
			return err
		}
	}
	p.Changes = nil
	for _, name := range slices.Sorted(maps.Keys(c.changes)) {
		p.Changes = append(p.Changes, c.changes[name])
	}
	return nil
}

// comparison is the state of one comparison.
type comparison struct {
	tree *tree
	// recorded is the hash of each file that the last build wrote; nil if nothing tells, and problem says why if there is a manifest.
	recorded map[string]string
	problem  error
	// known are the names of the wanted files, folders those above wanted and recorded files.
	known, folders map[string]bool
	changes        map[string]Change
}

func (c *comparison) add(change Change) { c.changes[change.Name] = change }

func (c *comparison) judge(want []File) error {
	if c.tree != nil {
		content, err := c.tree.readManifest()
		if err != nil {
			return err
		}
		if content != nil {
			c.recorded, c.problem = decodeManifest(content)
		}
	}
	for _, f := range want {
		if err := c.judgeWanted(f); err != nil {
			return err
		}
	}
	if c.tree == nil {
		return nil
	}
	for name := range c.recorded {
		for _, parent := range parents(name) {
			c.folders[parent] = true
		}
	}
	if err := fs.WalkDir(c.tree.files, ".", c.judgeRest); err != nil {
		return c.tree.fail("read", ".", err)
	}
	return nil
}

// interrupted looks for a build that was killed while it moved its files into place. Some are there and the manifest may not be: they would
// be taken for edited.
func (c *comparison) interrupted() bool {
	info, err := fs.Lstat(c.tree.files, commitName)
	if err != nil {
		return false
	}
	change := Change{Name: commitName, Kind: Interrupted, Why: "a build was interrupted: build again"}
	if !info.IsDir() {
		change.Kind, change.Why = Blocked, inTheWay(info, "folder")
	}
	c.add(change)
	return true
}

func (c *comparison) judgeWanted(f File) error {
	c.known[f.Name] = true
	for _, parent := range parents(f.Name) {
		c.folders[parent] = true
	}
	if c.tree == nil {
		c.add(c.missing(f))
		return nil
	}
	at, info, err := c.tree.lookup(f.Name)
	switch {
	case err != nil:
		return err
	case info == nil:
		c.add(c.missing(f))
	case at != f.Name:
		c.add(Change{Name: at, Kind: Blocked, Why: inTheWay(info, "folder")})
	case !info.Mode().IsRegular():
		c.add(Change{Name: at, Kind: Blocked, Why: inTheWay(info, "file"), New: f.Content})
	default:
		old, err := fs.ReadFile(c.tree.files, f.Name)
		if err != nil {
			return c.tree.fail("read", f.Name, err)
		}
		if !bytes.Equal(old, f.Content) {
			c.add(c.different(f, old))
		}
	}
	return nil
}

func (c *comparison) missing(f File) Change {
	why := "it is new"
	if f.Name == ManifestName {
		why = "there is no record of what the last build wrote"
	} else if _, recorded := c.recorded[f.Name]; recorded {
		why = "the last build wrote it, and it is gone"
	}
	return Change{Name: f.Name, Kind: Missing, Why: why, New: f.Content}
}

// different says why a file is not what is wanted.
func (c *comparison) different(f File, old []byte) Change {
	sum, recorded := c.recorded[f.Name]
	change := Change{Name: f.Name, Kind: Stale, Old: old, New: f.Content}
	switch {
	case f.Name == ManifestName && c.problem != nil:
		change.Kind, change.Why = Edited, "the record of what the last build wrote cannot be read: "+c.problem.Error()
	case f.Name == ManifestName:
		change.Why = "it is not the record of what this build gives"
	case recorded && sum == hash(old):
		change.Why = "the build now gives something else"
	case recorded:
		change.Kind, change.Why = Edited, "it was edited since the last build, and a build writes over it"
	case marked(old):
		change.Why = "the build gives something else, and no record tells whether it was edited"
	default:
		change.Kind, change.Old = Blocked, nil
		change.Why = "a file that matrixgen did not write stands where one must go: move it away or delete it"
	}
	return change
}
