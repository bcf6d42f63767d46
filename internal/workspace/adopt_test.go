package workspace

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"testing"
	"testing/fstest"

	"github.com/matrixgen/matrixgen/internal/adopt"
	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/outdir"
	"github.com/matrixgen/matrixgen/internal/proofs"
	"github.com/matrixgen/matrixgen/internal/read"
)

// TestAdoptRoundTrip: what a build of a stack writes is adopted as a stack of which a build writes the same to the byte. A part of the proof is the stack
// that has everything, where a field that adopt does not read shows, and two of those that upstream's programs judge.
func TestAdoptRoundTrip(t *testing.T) {
	for _, root := range []string{"../..", "../../conformance"} {
		repository := os.DirFS(root)
		stacks, err := compile.Stacks(repository)
		if err != nil || len(stacks) == 0 {
			t.Fatal(stacks, err)
		}
		for i, stack := range stacks {
			if stack == "everything" || root != "../.." && i%50 == 0 || proofs.Whole || proofs.Named() { // each takes a second
				t.Run(path.Base(root)+"/"+stack, func(t *testing.T) { roundTrip(t, repository, stack) })
			}
		}
	}
}

func roundTrip(t *testing.T, repository fs.FS, stack string) {
	t.Helper()
	compiler := Borrow(t)
	built, findings, err := Load(compiler, repository, stack)
	if err != nil || built == nil {
		t.Fatal(findings, err)
	}
	want, err := built.Render()
	if err != nil {
		t.Fatal(err)
	}
	tree := fstest.MapFS{}
	for _, file := range want {
		tree[file.Name] = &fstest.MapFile{Data: file.Content}
	}
	deployments, _, err := read.Deployments(tree)
	if err != nil || len(deployments) == 0 {
		t.Fatal(len(deployments), err)
	}
	result, err := adopt.Run(link.Deployments(deployments...)[0], adopt.Answers{ReadFile: tree.ReadFile}, compiles(compiler, stack))
	if err != nil {
		t.Fatal(err)
	}
	if err := result.Minimise(newSense(compiler, stack, result.Stack), compiles(compiler, stack)); err != nil {
		t.Fatal(err)
	}
	source, err := compile.Source(packageFor(stack), "", result.Stack, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s", source)
	for _, note := range result.Notes {
		t.Errorf("%s: %s", note.Subject, note.Message)
	}
	again, findings, err := Load(compiler, fstest.MapFS{path.Join(compile.StacksFolder, stack, "stack.cue"): {Data: source}}, stack)
	if err != nil || again == nil {
		t.Fatal(findings, err)
	}
	got, err := again.Render()
	if err != nil {
		t.Fatal(err)
	}
	sameFiles(t, want, got)
}

// sameFiles compares what two builds write.
func sameFiles(t *testing.T, want, got []outdir.File) {
	t.Helper()
	content := map[string][]byte{}
	for _, file := range got {
		content[file.Name] = file.Content
	}
	for _, file := range want {
		if !bytes.Equal(content[file.Name], file.Content) {
			t.Errorf("%s", outdir.Unified("was/"+file.Name, "is/"+file.Name, file.Content, content[file.Name]))
		}
		delete(content, file.Name)
	}
	for name := range content {
		t.Errorf("%s was not there", name)
	}
}
