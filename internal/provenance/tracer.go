package provenance

import (
	"path"
	"slices"
	"strconv"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
)

// tracer works out the schema for one stack.
type tracer struct {
	*syntax
	context  *cue.Context // calculates
	loaded   map[string]*node
	declared map[*ast.StructLit]map[string]bool
	fields   map[string]*Field
	// declarations returns how the language declares a field.
	declarations map[*Field]func() []conjunct
}

// tells reports whether the line of a declaration says something of where a struct in a document comes from: one that only hands the stack on from
// package to package does not.
func (t *tracer) tells(field *ast.Field) bool {
	name, isIdent, err := ast.LabelName(field.Label)
	return t.sections[field] != nil && (err != nil || !isIdent || isRegular(name))
}

// pkg returns a package of the schema.
func (t *tracer) pkg(name string) *node {
	if t.loaded[name] == nil {
		n := &node{t: t}
		for _, file := range t.packages[name] {
			n.add(conjunct{expr: t.body(file), scope: &scope{t: t, file: file, pkg: name}})
		}
		t.loaded[name] = n
	}
	return t.loaded[name]
}

// body returns the declarations of a file as a struct.
func (t *tracer) body(file *ast.File) *ast.StructLit { return &ast.StructLit{Elts: file.Decls} }

// declares reports whether a literal declares a name that expressions inside of it see.
func (t *tracer) declares(literal *ast.StructLit, name string) bool {
	names := t.declared[literal]
	if names == nil {
		names = map[string]bool{}
		for _, decl := range literal.Elts {
			if field, ok := decl.(*ast.Field); ok {
				if label, isIdent, err := ast.LabelName(field.Label); err == nil && isIdent {
					names[label] = true
				}
			}
		}
		t.declared[literal] = names
	}
	return names[name]
}

// packageDeclares is declares for all files of a package.
func (t *tracer) packageDeclares(pkg, name string) bool {
	return slices.ContainsFunc(t.packages[pkg], func(file *ast.File) bool {
		return slices.ContainsFunc(file.Decls, func(decl ast.Decl) bool {
			field, ok := decl.(*ast.Field)
			if !ok {
				return false
			}
			label, isIdent, err := ast.LabelName(field.Label)
			return err == nil && isIdent && label == name
		})
	})
}

// imports returns the path that a file imports under a name.
func (t *tracer) imports(file *ast.File, name string) (string, bool) {
	for spec := range file.ImportSpecs() {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err == nil && (spec.Name != nil && spec.Name.Name == name || spec.Name == nil && path.Base(imported) == name) {
			return imported, true
		}
	}
	return "", false
}

// constant returns a node with a value that is known.
func (t *tracer) constant(v value) *node { return &node{t: t, expanded: true, result: &v} }

// itemOf returns an item of a list under the name that a loop gives it. What the whole list follows from, the item does, unless the operator
// wrote it.
func (t *tracer) itemOf(list value, item *node) *node {
	if len(item.conjuncts) == 1 && item.conjuncts[0].given != nil {
		return item
	}
	n := &node{t: t}
	n.add(conjunct{node: item, via: list.from})
	return n
}
