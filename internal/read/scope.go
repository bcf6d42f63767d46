package read

import (
	"path"

	"github.com/matrixgen/matrixgen/internal/model"
)

// scope is which files belong to what is checked, by their names in the tree.
type scope struct {
	live    map[string]bool // documents of what is checked
	read    map[string]bool // files of variables that are read
	folders map[string]bool // folders of projects that are checked
}

// add notes the files of a project that is checked.
func (s scope) add(dir string, isMatrix bool, files *model.Files) {
	s.folders[dir] = s.folders[dir] || isMatrix
	for _, doc := range files.Documents {
		name := path.Join(dir, doc.Name)
		s.live[name], s.live[fileOf(name)] = true, true
		if doc.Kind == model.KindEnv {
			s.read[name] = s.read[name] || !doc.Unread
		}
	}
}

// concerns reports whether what is wrong with a file is anybody's business here: it is of a project that is checked, or of Matrix by what it holds; and
// if it is one of variables, it is read.
func (r *reader) concerns(name string, s scope) bool {
	f := r.files[name]
	switch {
	case f == nil || f.isUnread:
		return true // it cannot be read at all
	case f.is(model.KindEnv):
		return s.read[name]
	case f.kind != "":
		return s.live[name]
	}
	return f.isMatrix || s.folders[path.Dir(name)] || f.brokenKind != model.KindCompose && f.brokenKind != model.KindEnv
}
