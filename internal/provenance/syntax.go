package provenance

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/format"
)

// schemaFolder is the prefix of file names in positions that lie in the embedded schema.
const schemaFolder = "schema/"

// syntax is the schema as it is written.
type syntax struct {
	packages map[string][]*ast.File
	lines    map[string][]string // by file name
	// sections is the field around each node, nil on the top level.
	sections map[ast.Node]*ast.Field
	steps    map[diag.Position]*Step
	// headings are what stands above the documents, by the name of the file that derives them.
	headings map[string]string
}

// readSyntax parses the packages of the schema, without the definitions of upstream's formats: nothing is derived from those.
func readSyntax(files fs.FS) (*syntax, error) {
	names, err := fs.Glob(files, "*/*.cue")
	if err != nil {
		return nil, err
	}
	s := &syntax{packages: map[string][]*ast.File{}, lines: map[string][]string{}, sections: map[ast.Node]*ast.Field{}, steps: map[diag.Position]*Step{}, headings: map[string]string{}}
	for _, name := range names {
		if format.IsDefinition(path.Base(name)) {
			continue
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		file, err := format.Parse(schemaFolder+name, text)
		if err != nil {
			return nil, fmt.Errorf("parse %s: %w", name, err)
		}
		s.lines[schemaFolder+name] = strings.Split(string(text), "\n")
		s.packages[path.Dir(name)] = append(s.packages[path.Dir(name)], file)
		s.nest(file)
		for _, decl := range file.Decls {
			_, isField := decl.(*ast.Field)
			if text := s.doc(decl); isField && text != "" && strings.HasPrefix(path.Base(name), "emit") && s.headings[file.Filename] == "" {
				s.headings[file.Filename] = text
			}
		}
	}
	return s, nil
}

// nest notes the field around each node of the file.
func (s *syntax) nest(file *ast.File) {
	around := []*ast.Field{nil}
	ast.Walk(file, func(n ast.Node) bool {
		s.sections[n] = around[len(around)-1]
		if field, ok := n.(*ast.Field); ok {
			around = append(around, field)
		}
		return true
	}, func(n ast.Node) {
		if _, ok := n.(*ast.Field); ok {
			around = around[:len(around)-1]
		}
	})
}

// step returns the line of the schema on which the node begins.
func (s *syntax) step(n ast.Node) *Step { return s.stepAt(n, position(n.Pos()).Line) }

// stepAt returns a line of the schema that the node extends to.
func (s *syntax) stepAt(n ast.Node, line int) *Step {
	at := diag.Position{File: position(n.Pos()).File, Line: line}
	step := s.steps[at]
	if step == nil {
		lines := s.lines[at.File]
		source := ""
		if line >= 1 && line <= len(lines) {
			source = lines[line-1]
		}
		trimmed := strings.TrimLeft(source, " \t")
		step = &Step{Position: at, Source: strings.TrimRight(trimmed, " \t\r")}
		step.Position.Column = len(source) - len(trimmed) + 1
		s.steps[at] = step
	}
	if step.Comment == "" && s.sections[n] != nil {
		step.Comment = s.doc(n)
	}
	if step.Section == "" {
		step.Section = s.section(n)
	}
	return step
}

// comment returns what stands above the node, or else above the innermost section around it that has a comment. What stands above a whole
// document says what that is, and not why a part of it is so.
func (s *syntax) comment(n ast.Node) string {
	if text := s.doc(n); text != "" && s.sections[n] != nil {
		return text
	}
	return s.section(n)
}

// section returns what stands above the innermost section around the node that has a comment.
func (s *syntax) section(n ast.Node) string {
	for field := s.sections[n]; field != nil && s.sections[field] != nil; field = s.sections[field] {
		if text := s.doc(field); text != "" {
			return text
		}
	}
	return ""
}

// docs returns the comments above a node. Above a: b: c they are those of c.
func (s *syntax) docs(n ast.Node) []*ast.CommentGroup {
	var groups []*ast.CommentGroup
	if field, ok := n.(*ast.Field); !ok || !isShort(field) {
		groups = above(n)
	}
	if around := s.sections[n]; len(groups) == 0 && around != nil {
		if isShort(around) {
			return append(above(around), s.docs(around)...)
		}
	}
	return groups
}

func above(n ast.Node) []*ast.CommentGroup {
	return slices.DeleteFunc(slices.Clone(ast.Comments(n)), func(group *ast.CommentGroup) bool { return !group.Doc })
}

// isShort reports whether the field is the a of a: b: c.
func isShort(field *ast.Field) bool {
	inner, ok := field.Value.(*ast.StructLit)
	return ok && !inner.Lbrace.IsValid()
}

// doc returns the comments above a node as text, without comment marks and examples.
func (s *syntax) doc(n ast.Node) string {
	var texts []string
	for _, group := range s.docs(n) {
		text, _, _ := strings.Cut(strings.TrimSpace(group.Text()), "\n\n\t")
		texts = append(texts, text)
	}
	return strings.Join(texts, "\n")
}

// attribute returns the content of a field's attribute, and whether it has one of that name.
func attribute(field *ast.Field, name string) (string, bool) {
	for _, a := range field.Attrs {
		if n, body := a.Split(); n == name {
			return body, true
		}
	}
	return "", false
}

func position(pos token.Pos) diag.Position {
	if !pos.IsValid() {
		return diag.Position{}
	}
	p := pos.Position()
	return diag.Position{File: p.Filename, Line: p.Line, Column: p.Column}
}
