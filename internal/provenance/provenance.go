// Package provenance tells where a line of a generated file comes from: which fields of the stack, and which lines of the schema.
//
// CUE's own evaluator keeps what a value is, not the conditions and loops that led to it. So this package works the schema out a second time, in
// a subset of CUE, and keeps with every value what it follows from. That is slower and is done when someone asks. Each value is compared with what
// CUE made of it: an answer about another value is none. A document that uses CUE beyond the subset has no answers; the others have.
//
// The subset, by an example for each row, which TestSubset puts into the schema:
//
//	followed  x: 1, y: 0.5, z: [true, null], a: 'bytes'      literals
//	followed  x: "one line of \(#stack.serverName)"          interpolations
//	followed  x: {y: {z: 1}}, x: y: a: 2                     structs, unified
//	followed  x: #stack.hosts, y: #stack.hosts.mas           references and selectors
//	followed  let l = [1, 2, 3], x: l[1], y: l[1:]           let, indexes and slices of lists
//	followed  x: {"a": 1}["a"]                               indexes of structs
//	followed  x: *1 | int, y: 2 & >1                         defaults, bounds and types
//	followed  x: -1, y: !true, z: (1+2)*3 > 4 && 2 == 2      operators
//	followed  x: len("abc")                                  functions of CUE
//	followed  x: #stack.smtp != _|_, y?: int                 whether something is there
//	followed  if #stack.federation.enabled {x: 1}            conditions
//	followed  for i, v in ["a", "b"] {"x\(i)": v}            loops over lists, and computed names
//	followed  for k, v in {a: 1} {(k): v}                    loops over structs
//	followed  x: [for v in [1, 2] if v > 1 let w = v {w}]    lists that are made by loops
//	followed  x: {[string]: 5, a: int}                       a pattern for all fields
//	refused   x: {[=~"^a"]: 5, a: int}                       a pattern for some fields
//	refused   x: {a=b: 1, c: a}                              aliases
//	refused   x: [1, _] & [_, 2]                             lists that are unified
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
	// refused says of documents why it is not known where they come from.
	refused map[string]string
}

// document is a row of the outputs: what is derived, and the fields of the stack whose raw settings come on top.
type document struct {
	derived *node
	row     *node
	raw     [][]string
}

// folderKey is the definition of the language that holds the name of the stack's folder.
const folderKey = "#folder"

// Follow works out how the deployment came about. written is what the operator wrote: the fields of the stack's files as a tree. A document for
// which that does not succeed has no answers, and [Trace.Refusal] says why; an error means that none has.
func (s *Schema) Follow(d *model.Files, written *model.Node) (*Trace, error) {
	t := &tracer{
		syntax: s.syntax, context: cuecontext.New(), loaded: map[string]*node{}, declared: map[*ast.StructLit]map[string]bool{},
		fields: map[string]*Field{}, declarations: map[*Field]func() []conjunct{},
	}
	trace := &Trace{schema: s, t: t, stack: d, written: written, documents: map[string]*document{}, refused: map[string]string{}}
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
	trace.check()
	return trace, nil
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
