package compile

import (
	"fmt"
	"slices"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// plainFindings reports what is not plain data: a stack is fields with values, and shared files of it may give a default as *value | type. A
// reference or a computation would be evaluated without what the language derives, and its errors would have no place in the file.
func (s *sources) plainFindings(file *ast.File) []diag.Finding {
	p := plain{sources: s}
	for _, decl := range file.Decls {
		if _, ok := decl.(*ast.Package); !ok {
			p.decl(decl)
		}
	}
	return p.findings
}

// Limits of a stack, far beyond any: CUE's work grows with the square of both.
const (
	maxDepth  = 100
	maxFields = 10_000
)

type plain struct {
	sources  *sources
	findings []diag.Finding
	// depth is that of the value that is looked at, and fields how many there were.
	depth, fields int
	// full says that a limit was passed: nothing further is looked at.
	full bool
}

func (p *plain) report(at ast.Node, message, hint string) {
	p.findings = append(p.findings, diag.Finding{Rule: "schema", Severity: diag.Error, Position: p.sources.position(at.Pos()), Message: message, Hint: hint})
}

// stop reports that a limit was passed, once.
func (p *plain) stop(at ast.Node, message string) {
	if !p.full {
		p.full = true
		p.report(at, message, "no setting needs that")
	}
}

func (p *plain) decl(decl ast.Decl) {
	switch d := decl.(type) {
	case *ast.Field:
		name, isIdent, err := ast.LabelName(d.Label)
		hidden := isIdent && (name[0] == '_' || name[0] == '#')
		if err != nil || d.Constraint != token.ILLEGAL || hidden || d.Alias != nil {
			p.report(d, p.sources.noun()+" is plain data: a field has a name, a colon and a value", "")
			return
		}
		p.value(d.Value)
	case *ast.CommentGroup:
	case *ast.ImportDecl: // has a finding of its own
	case *ast.Attribute:
		if d.Name() != suppressionAttribute || p.sources.settings {
			p.report(d, p.sources.noun()+" is plain data: only fields with values stand here", "")
		}
	default:
		p.report(d, p.sources.noun()+" is plain data: only fields with values stand here", "")
	}
}

func (p *plain) value(expr ast.Expr) {
	if p.depth++; p.depth > maxDepth {
		p.stop(expr, fmt.Sprintf("this is nested more deeply than %d levels", maxDepth))
	}
	defer func() { p.depth-- }()
	if p.fields++; p.fields > maxFields {
		p.stop(expr, fmt.Sprintf("%s has at most %d values in a file", p.sources.noun(), maxFields))
	}
	if p.full {
		return
	}
	switch e := expr.(type) {
	case *ast.BasicLit:
	case *ast.StructLit:
		for _, decl := range e.Elts {
			p.decl(decl)
		}
	case *ast.ListLit:
		for _, item := range e.Elts {
			p.value(item)
		}
	case *ast.ParenExpr:
		p.value(e.X)
	case *ast.UnaryExpr:
		if e.Op != token.SUB && e.Op != token.ADD {
			p.report(e, p.sources.noun()+" is plain data: write the value itself", "")
			return
		}
		p.value(e.X)
	case *ast.BinaryExpr:
		if p.sources.settings || e.Op != token.OR || !p.withDefault(e) {
			p.report(e, p.sources.noun()+" is plain data: write the value itself", "")
		}
	case *ast.Ident, *ast.SelectorExpr:
		p.report(e, "this is no value", "text stands in quotes")
	default:
		p.report(e, p.sources.noun()+" is plain data: write the value itself", "")
	}
}

// withDefault checks *value | type, the form of a default that a stack below may replace.
func (p *plain) withDefault(e *ast.BinaryExpr) bool {
	marked := false
	var arm func(expr ast.Expr)
	arm = func(expr ast.Expr) {
		switch x := expr.(type) {
		case *ast.BinaryExpr:
			if x.Op == token.OR {
				arm(x.X)
				arm(x.Y)
				return
			}
		case *ast.UnaryExpr:
			if x.Op == token.MUL {
				marked = true
				p.value(x.X)
				return
			}
		case *ast.Ident:
			if slices.Contains([]string{"string", "int", "number", "float", "bool", "_"}, x.Name) {
				return
			}
		}
		p.value(expr)
	}
	arm(e)
	return marked
}

// validName reports whether the folders of a stack have names that file systems, labels and headers can carry.
func validName(name string) bool {
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '/', r == '-', r == '_', r == '.':
		default:
			return false
		}
	}
	return true
}

func invalidName(name string) diag.Finding {
	return diag.Finding{
		Rule: "schema", Severity: diag.Error, Position: diag.Position{File: fmt.Sprintf("%s/%q", StacksFolder, name)},
		Message: "the name of a stack's folder has letters, digits, dashes, dots and underscores alone", Hint: "rename the folder",
	}
}
