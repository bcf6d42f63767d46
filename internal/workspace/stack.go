package workspace

import (
	"errors"
	"io/fs"
	"path"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/emit"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/outdir"
	"github.com/matrixgen/matrixgen/internal/provenance"
	"github.com/matrixgen/matrixgen/internal/secret"
)

// Stack is a stack that compiles, with its secrets.
type Stack struct {
	Name string
	// Compiled are its documents as they were compiled, and Deployment is what linking makes of them.
	Compiled   *model.Files
	Deployment *model.Deployment
	// Secrets is its SOPS file; nil if there is none, or if Unreadable says what is wrong with it.
	Secrets    *secret.File
	Unreadable []diag.Finding

	files    fs.FS
	compiler *compile.Compiler
	trace    *provenance.Trace
}

// Load compiles a stack of a repository, looks up which secrets it has, and links it. With findings there is no stack: it does not compile.
func Load(compiler *compile.Compiler, files fs.FS, name string) (*Stack, []diag.Finding, error) {
	compiled, findings, err := compiler.Compile(files, name)
	if err != nil || compiled == nil {
		return nil, findings, err
	}
	s := &Stack{Name: name, Compiled: compiled, files: files, compiler: compiler}
	if s.Secrets, s.Unreadable, err = bindSecrets(files, compiled); err != nil {
		return nil, nil, err
	}
	s.Deployment = link.Deployment(compiled)
	return s, nil, nil
}

// SecretsFile returns the path of a stack's SOPS file from the root of the repository.
func SecretsFile(stack string) string { return path.Join(compile.StacksFolder, stack, secret.FileName) }

// bindSecrets reads the SOPS file of a stack, without a key, and tells the documents what it has. The findings say what is wrong with a file
// that cannot be read.
func bindSecrets(files fs.FS, of *model.Files) (*secret.File, []diag.Finding, error) {
	name := SecretsFile(of.Name)
	text, err := fs.ReadFile(files, name)
	if errors.Is(err, fs.ErrNotExist) {
		of.Sealed = &model.Sealed{File: name, Missing: true}
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	file, findings := secret.Parse(name, text)
	if file != nil {
		of.Sealed = file.Sealed()
	}
	return file, findings, nil
}

// Render returns the files that a build of the stack writes.
func (s *Stack) Render() ([]outdir.File, error) {
	rendered, err := emit.Render(&s.Deployment.Files)
	if err != nil {
		return nil, err
	}
	files := make([]outdir.File, len(rendered))
	for i, file := range rendered {
		files[i] = outdir.File(file)
	}
	return files, nil
}

// Trace tells where the documents of the stack come from. To work that out takes as long as compiling; it is done once.
func (s *Stack) Trace() (*provenance.Trace, error) {
	if s.trace != nil {
		return s.trace, nil
	}
	written, err := s.compiler.Written(s.files, s.Name)
	if err != nil {
		return nil, err
	}
	schema, err := provenance.Load()
	if err != nil {
		return nil, err
	}
	s.trace, err = schema.Follow(s.Compiled, written)
	return s.trace, err
}
