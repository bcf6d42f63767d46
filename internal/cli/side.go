package cli

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"testing/fstest"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/emit"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/outdir"
	"github.com/matrixgen/matrixgen/internal/read"
)

// side is one of two states of the stacks that are compared. What was built counts before what is written, for it is what runs, whatever this
// matrixgen makes of the stacks.
type side struct {
	source
	// written are the names of the stacks, if they count, and built those of the folders in out/.
	written, built []string
}

// newSide returns a side of the source's files, with the stacks that are written, built, or both.
func newSide(s source, written, built bool) (side, error) {
	side := side{source: s}
	var err error
	if _, missing := fs.Stat(s, compile.StacksFolder); written && !errors.Is(missing, fs.ErrNotExist) {
		if side.written, err = compile.Stacks(s); err != nil {
			return side, usageError("", "%s: %v", s.name, err)
		}
	}
	if built {
		if side.built, err = outdir.Folders(s, outFolder); err != nil {
			return side, &exitError{code: exitFailed, message: err.Error()}
		}
	}
	return side, nil
}

// state is a stack on one side. Without a deployment there is no such stack, or it does not compile, as the findings say.
type state struct {
	deployment *model.Deployment
	files      []outdir.File
	findings   []diag.Finding
}

// load returns a stack.
func (s side) load(compiler *compile.Compiler, stack string) (state, error) {
	switch {
	case slices.Contains(s.built, stack):
		return s.read(stack)
	case !slices.Contains(s.written, stack):
		return state{}, nil
	}
	documents, findings, err := compiler.Compile(s, stack)
	if err != nil || documents == nil {
		return state{findings: findings}, err
	}
	if _, _, err := bindSecrets(s, documents); err != nil {
		return state{}, err
	}
	deployment := link.Deployment(documents)
	rendered, err := emit.Render(&deployment.Files)
	if err != nil {
		return state{}, err
	}
	return state{deployment: deployment, files: outFiles(rendered)}, nil
}

func outFiles(rendered []emit.File) []outdir.File {
	files := make([]outdir.File, len(rendered))
	for i, file := range rendered {
		files[i] = outdir.File(file)
	}
	return files
}

// read returns a stack as it was built. What does not parse has a finding, and its document is missing.
func (s side) read(stack string) (state, error) {
	files, err := outdir.Generated(s, path.Join(outFolder, stack))
	if err != nil {
		return state{}, err
	}
	tree := fstest.MapFS{} // an ordinary file system in memory, whatever its package is called
	for _, file := range files {
		tree[file.Name] = &fstest.MapFile{Data: file.Content}
	}
	found, findings, err := read.Deployments(tree)
	if err != nil {
		return state{}, err
	}
	documents := &model.Files{}
	if i := slices.IndexFunc(found, func(f *model.Files) bool { return f.Name == "." }); i >= 0 {
		documents = found[i]
	}
	documents.Name = stack
	if _, _, err := bindSecrets(s, documents); err != nil {
		return state{}, err
	}
	return state{deployment: link.Deployment(documents), files: files, findings: findings}, nil
}
