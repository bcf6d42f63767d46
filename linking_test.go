package matrixgen

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// steps are the parts of linking, and what is linked, with the rooms that may name them: whoever has a deployment then has a whole one. route makes some
// of no documents, to ask what a file means by itself.
var steps = map[string][]string{
	"read.Relate":      {"internal/link"},
	"route.Link":       {"internal/link"},
	"route.NewLinker":  {"internal/link"},
	"graph.Fill":       {"internal/link"},
	"model.Deployment": {"internal/read", "internal/route"},
}

// TestLinking fails where a deployment is made, or made further, elsewhere than in package link.
func TestLinking(t *testing.T) {
	err := fs.WalkDir(os.DirFS("."), ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && file != "." {
			return fs.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		files := token.NewFileSet()
		syntax, err := parser.ParseFile(files, file, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(syntax, func(n ast.Node) bool {
			var made ast.Expr
			switch n := n.(type) {
			case *ast.CallExpr:
				made = n.Fun
			case *ast.CompositeLit:
				made = n.Type
			}
			if selector, ok := made.(*ast.SelectorExpr); ok {
				name := selector.Sel.Name
				if room, ok := selector.X.(*ast.Ident); ok {
					name = room.Name + "." + name
				}
				if rooms, known := steps[name]; known && !slices.Contains(rooms, path.Dir(file)) {
					t.Errorf("%s: only %s may say %s", files.Position(n.Pos()), strings.Join(rooms, " and "), name)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
