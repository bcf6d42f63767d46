package format

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"sync"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"github.com/matrixgen/matrixgen/schema"
)

// IsDefinition says whether a file of that name, in the folder of a product below schema, describes upstream's formats.
func IsDefinition(file string) bool { return file == "config.cue" || file == "log.cue" }

// tables are those of the embedded schema by its folder, each read once: compiler and rules hold documents against the same ones.
var tables sync.Map // of func() (map[string]*Type, error)

// Load returns the table of an upstream format, named as "<folder of schema>.<definition>", for example "mas.#Config". It is shared, and may be
// asked for by several at a time. It fails with a position on any CUE outside of the subset that the definitions are written in.
func Load(upstream string) (*Type, error) {
	folder, name, _ := strings.Cut(upstream, ".")
	load, _ := tables.LoadOrStore(folder, sync.OnceValues(func() (map[string]*Type, error) { return loadFolder(schema.Files, folder) }))
	types, err := load.(func() (map[string]*Type, error))()
	return choose(types, err, folder, name)
}

// Knows returns up to which version the table in a folder has every key, without reading the table.
func Knows(folder string) (string, error) {
	text, err := fs.ReadFile(schema.Files, folder+"/config.cue")
	if err != nil {
		return "", fmt.Errorf("read what is known of %s: %w", folder, err)
	}
	_, rest, _ := strings.Cut(string(text), "@knows(")
	version, _, _ := strings.Cut(rest, ")")
	return version, nil
}

// LoadFrom is [Load] with the folders of products in files.
func LoadFrom(files fs.FS, upstream string) (*Type, error) {
	folder, name, _ := strings.Cut(upstream, ".")
	types, err := loadFolder(files, folder)
	return choose(types, err, folder, name)
}

func choose(types map[string]*Type, err error, folder, name string) (*Type, error) {
	if err == nil && types[name] == nil {
		err = fmt.Errorf("schema/%s does not define %q", folder, name)
	}
	return types[name], err
}

// loadFolder returns the tables of all definitions of a product.
func loadFolder(files fs.FS, folder string) (map[string]*Type, error) {
	entries, err := fs.ReadDir(files, folder)
	if err != nil {
		return nil, fmt.Errorf("read formats of %s: %w", folder, err)
	}
	b := &builder{definitions: map[string]*ast.Field{}, types: map[string]*Type{}, patterns: map[string]*regexp.Regexp{}}
	var names []*ast.Ident
	for _, entry := range entries {
		if IsDefinition(entry.Name()) {
			names = append(names, b.read(files, path.Join(folder, entry.Name()))...)
		}
	}
	for _, name := range names {
		b.definition(name)
	}
	for len(b.later) > 0 && b.err == nil {
		body := b.later[0]
		b.later = b.later[1:]
		body()
	}
	if b.anyCase {
		for _, t := range b.maps {
			t.AnyCase = true
		}
	}
	return b.types, b.err
}

// builder makes types of the definitions of one package.
type builder struct {
	definitions map[string]*ast.Field
	types       map[string]*Type // nil while it is being made
	patterns    map[string]*regexp.Regexp
	later       []func() // bodies of maps and items of lists, in which definitions may contain themselves
	maps        []*Type
	anyCase     bool  // upstream compares the names of all keys without case
	err         error // the first that happened
}

// fail notes that a node is not of the subset.
func (b *builder) fail(n ast.Node, problem string) *Type {
	if b.err == nil {
		b.err = fmt.Errorf("%s: %s", n.Pos(), problem)
	}
	return &Type{}
}

// read returns the names of the definitions of a file.
func (b *builder) read(files fs.FS, name string) []*ast.Ident {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		b.err = errors.Join(b.err, err)
		return nil
	}
	file, err := parser.ParseFile("schema/"+name, text, parser.ParseComments)
	if err != nil {
		at := token.NoPos
		if placed, ok := err.(interface{ Position() token.Pos }); ok {
			at = placed.Position()
		}
		b.err = errors.Join(b.err, fmt.Errorf("%s: %w", at, err))
		return nil
	}
	var names []*ast.Ident
	for _, decl := range file.Decls {
		field, isField := decl.(*ast.Field)
		_, isPackage := decl.(*ast.Package)
		_, isComment := decl.(*ast.CommentGroup)
		if isPackage || isComment {
			continue
		}
		if isField {
			if label, ok := field.Label.(*ast.Ident); ok && strings.HasPrefix(label.Name, "#") && b.definitions[label.Name] == nil {
				names = append(names, label)
				b.definitions[label.Name] = field
				continue
			}
		}
		b.fail(decl, "only definitions stand here, each once")
	}
	return names
}

// definition returns the type that the name stands for.
func (b *builder) definition(name *ast.Ident) *Type {
	if t, known := b.types[name.Name]; t != nil {
		return t
	} else if known {
		return b.fail(name, name.Name+" is defined by itself")
	}
	field := b.definitions[name.Name]
	if field == nil {
		return b.fail(name, name.Name+" is not defined")
	}
	b.types[name.Name] = nil
	t := b.expr(field.Value)
	if len(field.Attrs) > 0 {
		if _, own := field.Value.(*ast.StructLit); !own {
			b.fail(field.Attrs[0], "only a struct has attributes")
		}
		said := b.annotate(&Key{}, field.Attrs)
		b.anyCase = b.anyCase || said.anyCase
		if t.Strict, t.Changes, t.Knows = said.Strict, said.Changes, said.knows; said.twin != "" {
			b.fail(field, "a definition has no sibling")
		}
	}
	b.types[name.Name] = t.named(meaning(name.Name, doc(field)))
	return b.types[name.Name]
}
