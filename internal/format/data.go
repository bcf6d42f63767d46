package format

import (
	"fmt"
	"io/fs"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"

	"github.com/matrixgen/matrixgen/internal/model"
)

// ReadData returns the fields of a CUE file that holds nothing but values that are written out, as one map.
func ReadData(files fs.FS, name string) (*model.Node, error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile("schema/"+name, text)
	if err != nil {
		return nil, err
	}
	body := &ast.StructLit{}
	for _, decl := range file.Decls {
		if _, isPackage := decl.(*ast.Package); !isPackage {
			body.Elts = append(body.Elts, decl)
		}
	}
	data, err := concrete(body)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return data, nil
}
