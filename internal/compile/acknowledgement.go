package compile

import (
	"errors"
	"io/fs"

	"cuelang.org/go/cue/ast"
	quoted "cuelang.org/go/cue/literal"

	"github.com/matrixgen/matrixgen/internal/model"
)

// acknowledgementField is the field of a stack that says which changes are meant.
const acknowledgementField = "acknowledge"

// Acknowledgements returns what a stack acknowledges, whether or not it compiles: an earlier revision may have been written for another matrixgen.
func Acknowledgements(repository fs.FS, name string) ([]model.Acknowledgement, error) {
	if !validName(name) {
		return nil, nil
	}
	src, _, err := readSources(repository, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil || src == nil:
		return nil, err
	}
	return src.acknowledgements(), nil
}

// acknowledgements returns the texts below acknowledge, each with the two names above it.
func (s *sources) acknowledgements() []model.Acknowledgement {
	var all []model.Acknowledgement
	var walk func(decls []ast.Decl, path []string)
	walk = func(decls []ast.Decl, path []string) {
		for _, decl := range decls {
			field, ok := decl.(*ast.Field)
			if !ok {
				continue
			}
			name, _, err := ast.LabelName(field.Label)
			if err != nil || len(path) == 0 && name != acknowledgementField {
				continue
			}
			below := append(path[:len(path):len(path)], name)
			switch value := field.Value.(type) {
			case *ast.StructLit:
				walk(value.Elts, below)
			case *ast.BasicLit:
				if reason, err := quoted.Unquote(value.Value); err == nil && len(below) == 3 {
					all = append(all, model.Acknowledgement{Rule: below[1], Subject: below[2], Reason: reason, Position: s.position(field.Pos())})
				}
			}
		}
	}
	for _, file := range s.files {
		walk(file.Decls, nil)
	}
	return all
}
