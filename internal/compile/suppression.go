package compile

import (
	"math"
	"path"
	"strconv"
	"strings"

	"cuelang.org/go/cue/ast"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// suppressionAttribute is what a suppression is called.
const suppressionAttribute = "ignore"

// suppressions returns the attributes @ignore(rule, reason="…") of the stack's files. One behind a field is for its value and all below, one
// among the fields of a struct for that struct, and one on the top level for the file; folder is that of the stack.
func (s *sources) suppressions(folder string) []model.Ignore {
	var ignores []model.Ignore
	add := func(a *ast.Attribute, first, last diag.Position) {
		name, body := a.Split()
		if name != suppressionAttribute {
			return
		}
		rule, rest, _ := strings.Cut(body, ",")
		ignores = append(ignores, model.Ignore{Rule: strings.Trim(rule, " \t\n\""), Reason: reason(rest), Position: s.position(a.Pos()),
			First: first, Last: last, Shared: path.Dir(first.File) != folder})
	}
	among := func(decls []ast.Decl, first, last diag.Position) {
		for _, decl := range decls {
			if a, ok := decl.(*ast.Attribute); ok {
				add(a, first, last)
			}
		}
	}
	for _, file := range s.files {
		among(file.Decls, diag.Position{File: file.Filename, Line: 1, Column: 1}, diag.Position{File: file.Filename, Line: math.MaxInt})
		ast.Walk(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Field:
				for _, a := range n.Attrs {
					add(a, s.position(n.Pos()), s.position(n.End()))
				}
			case *ast.StructLit:
				among(n.Elts, s.position(n.Pos()), s.position(n.End()))
			}
			return true
		}, nil)
	}
	return ignores
}

// reason returns the text of reason="…", or "" if it is something else.
func reason(text string) string {
	key, value, _ := strings.Cut(text, "=")
	if strings.TrimSpace(key) != "reason" {
		return ""
	}
	value = strings.TrimSpace(value)
	if quoted, err := strconv.Unquote(value); err == nil {
		value = quoted
	}
	return strings.TrimSpace(value)
}
