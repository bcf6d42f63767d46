// Package outdir compares the files that a build wants with what a folder of the repository holds, and writes them: all of them or none.
// It knows nothing of stacks or of what the files say. Nothing outside the folder is touched, and no symlink is followed.
package outdir

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// ManifestName is the file of a folder that records what the last build wrote there. It is written and compared with the others.
const ManifestName = ".matrixgen.json"

const (
	secretsName   = "secrets"
	reserved      = ".matrixgen"
	commitName    = ".matrixgen-commit"
	stagingPrefix = ".matrixgen-new-"
)

// File is a file that a build wants.
type File struct {
	// Name is the path in the folder, slash-separated.
	Name    string
	Content []byte
}

// Kind says how a file differs from what a build wants.
type Kind string

const (
	// Missing is a wanted file that is not there.
	Missing Kind = "missing"
	// Stale is a file as the last build left it, where the build now gives something else.
	Stale Kind = "stale"
	// Edited is a file of ours that is not as the last build left it. Write replaces it.
	Edited Kind = "edited"
	// Removed is a file of ours that nothing generates any more. Write deletes it.
	Removed Kind = "removed"
	// Extra is a file or a folder that nothing generates and that is not ours. Write leaves it alone.
	Extra Kind = "extra"
	// Blocked is something, not ours, that stands where a file must go. Write refuses.
	Blocked Kind = "blocked"
	// Interrupted is what a build that was killed left behind. Write finishes it, or drops it if it had changed nothing.
	Interrupted Kind = "interrupted"
)

// Change is one difference between a folder and what a build wants.
type Change struct {
	// Name is the path in the folder, or "." if the folder itself is blocked.
	Name string
	Kind Kind
	// Why is a sentence for the user, which says what to do where a build does not settle it.
	Why string
	// Old is what is there, if it is ours, and New what is wanted; nil if there is none.
	Old, New []byte
}

// Plan is what a build would change in a folder.
type Plan struct {
	// Changes are sorted by name. An unfinished build may be the only one: until it is finished the rest cannot be judged.
	Changes []Change

	root, folder string
	want         []File
	parked       string // the file that has what is wanted; "" if it is in memory
}

// Clean reports whether the folder holds exactly what is wanted.
func (p *Plan) Clean() bool { return len(p.Changes) == 0 }

// checkNames refuses names that no build may ask for.
func checkNames(want []File) error {
	names := map[string]bool{}
	for _, f := range want {
		if !validName(f.Name) {
			return fmt.Errorf("%q is not a name for a generated file", f.Name)
		}
		if names[f.Name] {
			return fmt.Errorf("two files are named %s", f.Name)
		}
		names[f.Name] = true
	}
	for name := range names {
		for _, parent := range parents(name) {
			if names[parent] {
				return fmt.Errorf("%s cannot be both a file and the folder of %s", parent, name)
			}
		}
	}
	return nil
}

func validName(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return fs.ValidPath(name) && name != "." && first != secretsName && !strings.HasPrefix(first, reserved)
}

// parents returns the folders above a slash path, the nearest first.
func parents(name string) []string {
	var above []string
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		above = append(above, dir)
	}
	return above
}
