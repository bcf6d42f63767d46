package workspace

import (
	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/model"
)

// sense knows what stacks of a name say, in comparison with a whole one. It is an [adopt.Sense].
type sense struct {
	compiler *compile.Compiler
	name     string
	whole    *compile.Meaning
}

func newSense(compiler *compile.Compiler, name string, whole *model.Node) sense {
	return sense{compiler, name, compiler.Meaning(name, whole)}
}

func (s sense) Keeps(smaller *model.Node) bool {
	is := s.compiler.Meaning(s.name, smaller)
	return is != nil && s.whole != nil && is.Equal(s.whole)
}

func (s sense) Unsaid(smaller *model.Node, path []string) bool {
	if s.whole == nil || !s.whole.Otherwise(path) {
		return false
	}
	is := s.compiler.Meaning(s.name, smaller)
	return is != nil && !is.Has(path)
}
