package read

import "github.com/matrixgen/matrixgen/internal/model"

// Compose returns the compose file of a deployment as Compose has it in the end: all its files merged, with what they include and extend, and
// the variables put in that can be seen. It is nil if there is none. Nobody else has the tree.
func Compose(documents []*model.Document) *model.Node {
	p := newProject(documents)
	if p == nil {
		return nil
	}
	return clone(p.root)
}

// ProjectName returns the name of the compose project of documents in a folder; "" if it is not known.
func ProjectName(documents []*model.Document, folder string) string {
	p := newProject(documents)
	if p == nil {
		return ""
	}
	return p.name(folder)
}

// Variables returns what the file of variables of a deployment sets, as Compose reads it.
func Variables(documents []*model.Document) map[string]*model.Node {
	p := newProject(documents)
	if p == nil {
		return nil
	}
	return p.env.variables
}
