package compile

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/token"

	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/schema"
)

// Compiler turns stacks into deployments. It is not safe for concurrent use, and what it evaluates stays in memory: for many stacks, use those of
// a [Pool].
type Compiler struct {
	context *cue.Context
	build   *build.Context
	stack   cue.Value // #Stack
	outputs cue.Value // the package outputs
	secrets secrets   // the package secret

	compiled int // counts stacks
}

// New returns a compiler with the embedded schema loaded.
func New() (*Compiler, error) { return NewFrom(schema.Files) }

// NewFrom is [New] with the packages of the schema in files.
func NewFrom(schemaFiles fs.FS) (*Compiler, error) {
	c := &Compiler{context: cuecontext.New()}
	files, err := parseSchema(schemaFiles, "*")
	if err != nil {
		return nil, fmt.Errorf("load schema: %w", err)
	}
	loaded := map[string]*build.Instance{}
	var failed error
	c.build = build.NewContext(build.Loader(func(_ token.Pos, importPath string) *build.Instance {
		name, ours := strings.CutPrefix(importPath, schema.Module)
		if !ours {
			return nil // CUE's own packages
		}
		if loaded[name] == nil {
			instance, err := c.loadPackage(name, files[name])
			if err != nil {
				failed = err
				return nil
			}
			loaded[name] = instance
		}
		return loaded[name]
	}))
	outputs, err := c.loadPackage("outputs", files["outputs"])
	if err := errors.Join(failed, err); err != nil {
		return nil, fmt.Errorf("load schema: %w", err)
	}
	c.outputs = c.context.BuildInstance(outputs).FillPath(cue.MakePath(cue.Def("keyed")), inKeys)
	if err := c.outputs.Err(); err != nil {
		return nil, fmt.Errorf("load schema: %w", err)
	}
	c.stack = c.context.BuildInstance(loaded["stack"]).LookupPath(cue.MakePath(cue.Def("Stack")))
	c.secrets.catalogue = c.context.BuildInstance(loaded["secret"])
	return c, nil
}

// parseSchema returns the syntax of the schema's files by package, of the packages that a pattern matches, without the definitions of upstream's formats: those are large, and only
// overrides are held against them, as tables. The files are parsed on all processors, since that is a fifth of the time of a small build.
func parseSchema(schemaFiles fs.FS, packages string) (map[string][]*ast.File, error) {
	names, err := fs.Glob(schemaFiles, packages+"/*.cue")
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(name string) bool { return format.IsDefinition(path.Base(name)) })
	files := make([]*ast.File, len(names))
	errs := make([]error, len(names))
	var parsers sync.WaitGroup
	for i, name := range names {
		parsers.Go(func() {
			text, err := fs.ReadFile(schemaFiles, name)
			if err == nil {
				files[i], err = format.Parse(schemaFolder+name, text)
			}
			errs[i] = err
		})
	}
	parsers.Wait()
	parsed := map[string][]*ast.File{}
	for i, name := range names {
		parsed[path.Dir(name)] = append(parsed[path.Dir(name)], files[i])
	}
	return parsed, errors.Join(errs...)
}

func (c *Compiler) loadPackage(name string, files []*ast.File) (*build.Instance, error) {
	instance := c.build.NewInstance(name, nil)
	instance.ImportPath = schema.Module + name
	for _, file := range files {
		if err := instance.AddSyntax(file); err != nil {
			return nil, err
		}
	}
	return instance, instance.Complete()
}

// schemaFolder is the prefix of file names in positions that lie in the embedded schema.
const schemaFolder = "schema/"
