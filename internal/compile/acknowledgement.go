package compile

import (
	"errors"
	"io/fs"

	"cuelang.org/go/cue/ast"
	quoted "cuelang.org/go/cue/literal"

	"github.com/matrixgen/matrixgen/internal/diag"
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

// acknowledgements returns which changes the sources say are meant.
func (s *sources) acknowledgements() []model.Acknowledgement {
	var all []model.Acknowledgement
	for _, r := range s.notes(acknowledgementField) {
		all = append(all, model.Acknowledgement{Rule: r.in, Subject: r.name, Reason: r.text, Position: r.at})
	}
	return all
}

// unchecked returns which raw settings the sources say are to be written unchecked.
func (s *sources) unchecked() []model.Unchecked {
	var all []model.Unchecked
	for _, r := range s.notes("unchecked") {
		all = append(all, model.Unchecked{Override: r.in, Path: r.name, Reason: r.text, Position: r.at})
	}
	return all
}

// note is a text of an operator on what the two names above it say.
type note struct {
	in, name, text string
	at             diag.Position
}

// notes returns the texts below a field of the stack.
func (s *sources) notes(of string) []note {
	var all []note
	var walk func(decls []ast.Decl, path []string)
	walk = func(decls []ast.Decl, path []string) {
		for _, decl := range decls {
			field, ok := decl.(*ast.Field)
			if !ok {
				continue
			}
			name, _, err := ast.LabelName(field.Label)
			if err != nil || len(path) == 0 && name != of {
				continue
			}
			below := append(path[:len(path):len(path)], name)
			switch value := field.Value.(type) {
			case *ast.StructLit:
				walk(value.Elts, below)
			case *ast.BasicLit:
				if text, err := quoted.Unquote(value.Value); err == nil && len(below) == 3 {
					all = append(all, note{in: below[1], name: below[2], text: text, at: s.position(field.Pos())})
				}
			}
		}
	}
	for _, file := range s.files {
		walk(file.Decls, nil)
	}
	return all
}
