// Package provenance tells where a line of a generated file comes from: which fields of the stack, and which lines of the schema.
//
// CUE's own evaluator keeps what a value is, not the conditions and loops that led to it. So this package works the schema out a second time, in
// the subset of CUE that the schema is written in, and keeps with every value what it follows from. That is slower and is done when someone
// asks. Each value is compared with what CUE made of it: an answer about another value is none.
package provenance

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/cuecontext"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/schema"
)

// Schema is the schema as it is written. It serves any number of stacks, one after the other.
type Schema struct {
	syntax  *syntax
	formats map[string]*format.Type
}

// Load reads the embedded schema.
func Load() (*Schema, error) { return LoadFrom(schema.Files) }

// LoadFrom is [Load] with the packages of the schema in files.
func LoadFrom(files fs.FS) (*Schema, error) {
	syntax, err := readSyntax(files)
	if err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	return &Schema{syntax, map[string]*format.Type{}}, nil
}

// format returns the table of an upstream format.
func (s *Schema) format(upstream string) (*format.Type, error) {
	if s.formats[upstream] == nil {
		table, err := format.Load(upstream)
		if err != nil {
			return nil, err
		}
		s.formats[upstream] = table
	}
	return s.formats[upstream], nil
}

// Trace is how a stack became its documents.
type Trace struct {
	schema    *Schema
	t         *tracer
	stack     *model.Files
	written   *model.Node
	documents map[string]*document
}

// document is a row of the outputs: what is derived, and the fields of the stack whose raw settings come on top.
type document struct {
	derived *node
	row     *node
	raw     [][]string
}

// folderKey is the definition of the language that holds the name of the stack's folder.
const folderKey = "#folder"

// Follow works out how the deployment came about. written is what the operator wrote: the fields of the stack's files as a tree. An error means
// that the schema uses something that this package does not follow, or that it came to another value than CUE.
func (s *Schema) Follow(d *model.Files, written *model.Node) (trace *Trace, err error) {
	defer func() {
		if caught := recover(); caught != nil {
			unsupported, ok := caught.(unsupported)
			if !ok {
				panic(caught)
			}
			trace, err = nil, unsupported
		}
	}()
	t := &tracer{
		syntax: s.syntax, context: cuecontext.New(), loaded: map[string]*node{}, declared: map[*ast.StructLit]map[string]bool{},
		fields: map[string]*Field{}, declarations: map[*Field]func() []conjunct{},
	}
	trace = &Trace{schema: s, t: t, stack: d, written: written, documents: map[string]*document{}}
	outputs := t.pkg("outputs")
	outputs.arc("#stack").add(conjunct{node: t.stack(d.Name, written)})
	rows := reference{node: outputs}.field("rows")
	if rows.node == nil {
		return nil, errors.New("the schema has no outputs")
	}
	for _, row := range rows.node.fields() {
		doc := &document{row: row, derived: reference{node: row}.field("derived").node}
		if raw := (reference{node: row}).field("raw").node; raw != nil {
			for _, item := range raw.value().items() {
				doc.raw = append(doc.raw, strings.Split(item.node.value().literal(), "."))
			}
		}
		trace.documents[plainName(row.name)] = doc
	}
	return trace, trace.check()
}

// stack returns the stack: the language with what the operator wrote.
func (t *tracer) stack(folder string, written *model.Node) *node {
	root := &node{t: t, inStack: true}
	if language, _ := t.pkg("stack").lookup("#Stack"); language != nil {
		root.conjuncts = slices.Clone(language.conjuncts)
	}
	root.add(conjunct{given: &given{node: written}})
	name := t.field([]string{folderKey}, func() *Field {
		return &Field{State: Folder, Value: folder, Position: diag.Position{File: "stacks/" + folder}}
	})
	names := map[string]*node{"folder": t.constant(textValue(folder, causes{name}))}
	hidden := &ast.Field{Label: ast.NewIdent(folderKey), Value: ast.NewIdent("folder")}
	root.add(conjunct{expr: &ast.StructLit{Elts: []ast.Decl{hidden}}, scope: &scope{t: t, names: names}})
	return root
}
