package compile

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/schema"
)

// Compiler turns stacks into deployments. It is not safe for concurrent use, and what it evaluates stays in memory: for many stacks, use one
// compiler per worker and a new one now and then.
type Compiler struct {
	context *cue.Context
	build   *build.Context
	stack   cue.Value // #Stack
	outputs cue.Value // the package outputs
	formats map[string]*format.Type
}

// New returns a compiler with the embedded schema loaded.
func New() (*Compiler, error) {
	c := &Compiler{context: cuecontext.New(), formats: map[string]*format.Type{}}
	loaded := map[string]*build.Instance{}
	var failed error
	c.build = build.NewContext(build.Loader(func(_ token.Pos, importPath string) *build.Instance {
		name, ours := strings.CutPrefix(importPath, schema.Module)
		if !ours {
			return nil // CUE's own packages
		}
		if loaded[name] == nil {
			instance, err := c.loadPackage(name)
			if err != nil {
				failed = err
				return nil
			}
			loaded[name] = instance
		}
		return loaded[name]
	}))
	outputs, err := c.loadPackage("outputs")
	if err = firstError(failed, err); err != nil {
		return nil, fmt.Errorf("load schema: %w", err)
	}
	c.outputs = c.context.BuildInstance(outputs)
	if err := c.outputs.Err(); err != nil {
		return nil, fmt.Errorf("load schema: %w", err)
	}
	c.stack = c.context.BuildInstance(loaded["stack"]).LookupPath(cue.MakePath(cue.Def("Stack")))
	return c, nil
}

// loadPackage parses a package of the schema without the definitions of upstream's formats: those are large, and only overrides are held
// against them, as tables.
func (c *Compiler) loadPackage(name string) (*build.Instance, error) {
	entries, err := schema.Files.ReadDir(name)
	if err != nil {
		return nil, err
	}
	instance := c.build.NewInstance(name, nil)
	instance.ImportPath = schema.Module + name
	for _, entry := range entries {
		if format.IsDefinition(entry.Name()) {
			continue
		}
		file := path.Join(name, entry.Name())
		text, err := schema.Files.ReadFile(file)
		if err != nil {
			return nil, err
		}
		syntax, err := parser.ParseFile(schemaFolder+file, text, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		if err := instance.AddSyntax(syntax); err != nil {
			return nil, err
		}
	}
	if err := instance.Complete(); err != nil {
		return nil, err
	}
	return instance, nil
}

// schemaFolder is the prefix of file names in positions that lie in the embedded schema.
const schemaFolder = "schema/"

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// DefaultImages returns the images that a stack pins unless it says otherwise, sorted by product.
func (c *Compiler) DefaultImages() []string {
	var images []string
	fields, err := c.stack.LookupPath(cue.ParsePath("images")).Fields()
	if err != nil {
		return nil
	}
	for fields.Next() {
		repository, _ := fields.Value().LookupPath(cue.ParsePath("repository")).String()
		tag, _ := fields.Value().LookupPath(cue.ParsePath("tag")).String()
		images = append(images, repository+":"+tag)
	}
	slices.Sort(images)
	return images
}
