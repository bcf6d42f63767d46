package refresh

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// goSource finds the packages of Go modules and keeps what was parsed of them. Nothing of them is run or built.
type goSource struct {
	// folder returns where a package lies; "" if it is of no module that is looked at.
	folder   func(importPath string) (string, error)
	packages map[string]*goPackage
}

// goPackage is what a package declares, by name.
type goPackage struct {
	types, values map[string]goDecl
	// functions have a name, methods the name of their type before it: "API.SetDefaults".
	functions map[string]goDecl
}

// goDecl is a declaration, or a part of one, and where its names have a meaning.
type goDecl struct {
	node ast.Node
	file *ast.File
	in   *goPackage
	// generated says that protoc wrote the file.
	generated bool
}

// open returns a package; nil if it is of no module that is looked at.
func (s *goSource) open(importPath string) (*goPackage, error) {
	if p, known := s.packages[importPath]; known {
		return p, nil
	}
	s.packages[importPath] = nil
	folder, err := s.folder(importPath)
	if err != nil || folder == "" {
		return nil, err
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("read package %s: %w", importPath, err)
	}
	p := &goPackage{types: map[string]goDecl{}, values: map[string]goDecl{}, functions: map[string]goDecl{}}
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(folder, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("parse package %s: %w", importPath, err)
		}
		p.declare(file, strings.HasSuffix(name, ".pb.go"))
	}
	s.packages[importPath] = p
	return p, nil
}

// declare notes what a file declares. Of a name that several systems have, the last file counts: settings do not differ by system.
func (p *goPackage) declare(file *ast.File, generated bool) {
	at := func(n ast.Node) goDecl { return goDecl{n, file, p, generated} }
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			p.functions[receiver(d)+d.Name.Name] = at(d)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch s := spec.(type) {
				case *ast.TypeSpec:
					p.types[s.Name.Name] = at(s.Type)
				case *ast.ValueSpec:
					for i, name := range s.Names {
						if i < len(s.Values) {
							p.values[name.Name] = at(s.Values[i])
						}
					}
				}
			}
		}
	}
}

// receiver returns "T." for a method of T or *T.
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return ""
	}
	t := f.Recv.List[0].Type
	if pointer, ok := t.(*ast.StarExpr); ok {
		t = pointer.X
	}
	if name, ok := t.(*ast.Ident); ok {
		return name.Name + "."
	}
	return "?."
}

// imported returns the package that a file knows by a name, and its path.
func (s *goSource) imported(file *ast.File, name string) (*goPackage, string, error) {
	for _, spec := range file.Imports {
		path := strings.Trim(spec.Path.Value, `"`)
		if spec.Name != nil && spec.Name.Name == name || spec.Name == nil && isCalled(path, name) {
			p, err := s.open(path)
			return p, path, err
		}
	}
	return nil, "", nil
}

// isCalled reports whether the package at a path has the name, as far as a path tells: by its last part that is no version.
func isCalled(path, name string) bool {
	parts := strings.Split(path, "/")
	last := parts[len(parts)-1]
	if len(parts) > 1 && strings.HasPrefix(last, "v") && strings.Trim(last, "v0123456789") == "" {
		last = parts[len(parts)-2]
	}
	return last == name
}
