package outdir

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
)

// Orphan is an entry below out/ that belongs to no stack.
type Orphan struct {
	// Name is the slash path below out/.
	Name string
	// Generated is set for a folder with our manifest, which RemoveOrphan clears. Anything else is for the user to remove.
	Generated bool
	Why       string
}

// Orphans returns, sorted, what the folder out, a slash path below the root, holds besides the folders of the stacks. A .gitkeep, an empty
// folder, and the secrets of a stack that is gone, which Git does not remove with it, are passed over.
func Orphans(root, out string, stacks []string) ([]Orphan, error) {
	d, obstacle, err := open(root, out, shared)
	switch {
	case err != nil:
		return nil, err
	case obstacle != "":
		return nil, fmt.Errorf("open %s", obstacle)
	case d == nil:
		return nil, nil
	}
	defer d.close()
	return d.orphans(stacks)
}

// OrphansFS is [Orphans] for files that are not in a work tree.
func OrphansFS(repository fs.FS, out string, stacks []string) ([]Orphan, error) {
	t, obstacle, err := sub(repository, out)
	switch {
	case err != nil:
		return nil, err
	case obstacle != "":
		return nil, fmt.Errorf("open %s", obstacle)
	case t == nil:
		return nil, nil
	}
	return t.orphans(stacks)
}

func (t tree) orphans(stacks []string) ([]Orphan, error) {
	orphans, strays, err := t.survey(stacks)
	if err != nil {
		return nil, t.fail("read", ".", err)
	}
	above := map[string]bool{}
	for _, name := range slices.AppendSeq(slices.Clone(stacks), maps.Keys(orphans)) {
		for _, parent := range parents(name) {
			above[parent] = true
		}
	}
	for _, name := range strays {
		if slices.ContainsFunc(parents(name), func(parent string) bool { return orphans[parent].Generated }) {
			continue
		}
		// The highest folder that is nothing but stray, told in one line.
		for _, parent := range parents(name) {
			if !above[parent] {
				name = parent
			}
		}
		orphans[name] = Orphan{Name: name, Why: "nothing generates it: move it away or delete it"}
	}
	var sorted []Orphan
	for _, name := range slices.Sorted(maps.Keys(orphans)) {
		sorted = append(sorted, orphans[name])
	}
	return sorted, nil
}

// survey returns the folders with a manifest, by name, and the names of the other files, outside of the stacks.
func (t tree) survey(stacks []string) (orphans map[string]Orphan, strays []string, err error) {
	orphans = map[string]Orphan{}
	err = fs.WalkDir(t.files, ".", func(name string, entry fs.DirEntry, err error) error {
		parent, base := path.Split(name)
		switch {
		case name == ".":
			return err
		case err != nil:
			strays = append(strays, name)
			return fs.SkipDir
		case entry.IsDir() && (slices.Contains(stacks, name) || parent != "" && base == secretsName):
			return fs.SkipDir
		case parent != "" && base == ManifestName && entry.Type().IsRegular():
			parent = path.Clean(parent)
			orphans[parent] = Orphan{Name: parent, Generated: true, Why: "a stack that is gone left it"}
		case !entry.IsDir() && base != ".gitkeep":
			strays = append(strays, name)
		}
		return nil
	})
	return orphans, strays, err
}

// RemoveOrphan deletes the files that a build wrote into a folder below out and that nobody has edited since, and then the folders that are
// empty. It returns the paths in the folder of what it left.
func RemoveOrphan(root, out, name string) (left []string, err error) {
	if !fs.ValidPath(name) || name == "." {
		return nil, fmt.Errorf("remove %s: it is not a path below %s", name, out)
	}
	d, obstacle, err := open(root, path.Join(out, name), exclusive)
	switch {
	case err != nil:
		return nil, err
	case obstacle != "":
		return nil, fmt.Errorf("remove %s", obstacle)
	case d == nil:
		return nil, nil
	}
	defer d.close()
	if _, err := d.finishInterrupted(); err != nil {
		return nil, err
	}
	remove, left, err := d.ours()
	if err != nil {
		return nil, err
	}
	if err := d.apply(nil, remove); err != nil {
		return nil, err
	}
	return left, removeEmpty(root, out, name)
}

// ours returns what the last build wrote into the folder and nobody has edited since, with its hash, and the names of the rest.
func (d *folder) ours() (remove map[string]string, left []string, err error) {
	var nothing Plan
	if err := nothing.compare(&d.tree); err != nil {
		return nil, nil, err
	}
	content, err := d.readManifest()
	if err != nil {
		return nil, nil, err
	}
	recorded, err := decodeManifest(content)
	if err != nil {
		return nil, nil, d.fail("read", ManifestName, fmt.Errorf("nothing tells what is generated: delete the folder by hand: %w", err))
	}
	remove = map[string]string{ManifestName: hash(content)}
	for _, c := range nothing.Changes {
		switch {
		case c.Kind == Removed && recorded[c.Name] == hash(c.Old):
			remove[c.Name] = recorded[c.Name]
		case c.Name != ManifestName:
			left = append(left, c.Name)
		}
	}
	if _, err := d.Lstat(secretsName); err == nil {
		left = append(left, secretsName)
	}
	return remove, left, nil
}

// removeEmpty removes the folder and those above it as far as they hold nothing, but not out itself.
func removeEmpty(root, out, name string) error {
	top, err := openTop(root)
	if err != nil {
		return err
	}
	defer top.Close()
	for _, folder := range append([]string{name}, parents(name)...) {
		// It fails on a folder that holds something, which is how we know.
		_ = top.Remove(path.Join(out, folder))
	}
	return nil
}
