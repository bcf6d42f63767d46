package format

import (
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
)

// Parse parses a file of the schema. A comment above a condition is one on the first field under it as well: CUE forgets conditions when it has
// evaluated them, and what is written into a file is the comments of fields.
func Parse(name string, text []byte) (*ast.File, error) {
	file, err := parser.ParseFile(name, text, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	ast.Walk(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.File:
			handDown(n.Decls)
		case *ast.StructLit:
			handDown(n.Elts)
		}
		return true
	}, nil)
	return file, nil
}

// handDown puts the comments above conditions above the first declaration under them, too.
func handDown(decls []ast.Decl) {
	for _, decl := range decls {
		condition, ok := decl.(*ast.Comprehension)
		if !ok {
			continue
		}
		body, ok := condition.Value.(*ast.StructLit)
		if _, isIf := condition.Clauses[0].(*ast.IfClause); !ok || !isIf || len(body.Elts) == 0 {
			continue
		}
		switch first := body.Elts[0].(type) {
		case *ast.Field, *ast.Comprehension:
			ast.SetComments(first, append(above(condition), ast.Comments(first)...))
		}
	}
}

// above returns the comments that stand above a declaration.
func above(decl ast.Node) []*ast.CommentGroup {
	var groups []*ast.CommentGroup
	for _, group := range ast.Comments(decl) {
		if group.Doc {
			groups = append(groups, group)
		}
	}
	return groups
}
