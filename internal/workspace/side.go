package workspace

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/outdir"
	"github.com/matrixgen/matrixgen/internal/read"
)

// Side is one of two states of the stacks that are compared. What was built counts before what is written, for it is what runs, whatever this
// matrixgen makes of the stacks.
type Side struct {
	Source
	// Written are the names of the stacks, if they count, and Built those of the folders in out/.
	Written, Built []string
}

// NewSide returns a side of the source's files, with the stacks that are written, built, or both.
func NewSide(s Source, written, built bool) (Side, error) {
	side := Side{Source: s}
	var err error
	if _, missing := fs.Stat(s, compile.StacksFolder); written && !errors.Is(missing, fs.ErrNotExist) {
		if side.Written, err = compile.Stacks(s); err != nil {
			return side, refuse("", "%s: %v", s.Name, err)
		}
	}
	if built {
		side.Built, err = outdir.Folders(s, OutFolder)
	}
	return side, err
}

// Sides returns what is compared with what: without a revision out/ with what a build would make of it. later are the files of the index, or of
// the work tree, and close them after use, as those of both sides.
func Sides(ctx context.Context, root string, revisions Range, index bool) (old, new Side, err error) {
	var later Source
	if revisions.To != "" {
		later, err = Revision(ctx, root, revisions.To)
	} else {
		later, err = Open(ctx, root, index)
	}
	if err != nil {
		return old, new, err
	}
	if new, err = NewSide(later, true, revisions.To != ""); err != nil {
		return old, new, err
	}
	if revisions.From == "" {
		files := WorkTree(root)
		files.FS, files.Name = later.FS, OutFolder+"/"
		new.Name = "a build"
		old, err = NewSide(files, false, true)
		return old, new, err
	}
	files, err := revisions.Earlier(ctx, root)
	if err != nil {
		return old, new, err
	}
	old, err = NewSide(files, true, true)
	return old, new, err
}

// state is a stack on one side. Without a deployment there is no such stack, or it does not compile, as the findings say.
type state struct {
	deployment *model.Deployment
	files      []outdir.File
	findings   []diag.Finding
}

// load returns a stack.
func (s Side) load(compiler *compile.Compiler, stack string) (state, error) {
	switch {
	case slices.Contains(s.Built, stack):
		return s.read(stack)
	case !slices.Contains(s.Written, stack):
		return state{}, nil
	}
	compiled, findings, err := Load(compiler, s, stack)
	if err != nil || compiled == nil {
		return state{findings: findings}, err
	}
	files, err := compiled.Render()
	return state{deployment: compiled.Deployment, files: files}, err
}

// clusterFolder is where a stack has what a cluster runs of it.
const clusterFolder = "kubernetes/"

// clusterFormats are upstream's formats of the files there.
func clusterFormats() map[string]string {
	return map[string]string{
		clusterFolder + "values.yaml": "ess.#Values", clusterFolder + "synapse.yaml": "synapse.#Config", clusterFolder + "mas.yaml": "mas.#Config",
		clusterFolder + "livekit.yaml": "livekit.#Config", clusterFolder + "element.json": "element.#Config",
	}
}

// read returns a stack as it was built. What does not parse has a finding, and its document is missing.
func (s Side) read(stack string) (state, error) {
	files, err := outdir.Generated(s, path.Join(OutFolder, stack))
	if err != nil {
		return state{}, err
	}
	tree := fstest.MapFS{} // an ordinary file system in memory, whatever its package is called
	for _, file := range files {
		tree[file.Name] = &fstest.MapFile{Data: file.Content}
	}
	if d, findings, err := readAlone(tree); err != nil || d != nil {
		if err == nil {
			d.Name = stack
			_, _, err = bindSecrets(s, &d.Files)
		}
		return state{deployment: d, files: files, findings: findings}, err
	}
	found, findings, err := read.Deployments(tree)
	if err != nil {
		return state{}, err
	}
	documents := &model.Files{}
	if i := slices.IndexFunc(found, func(f *model.Files) bool { return f.Name == "." }); i >= 0 {
		documents = found[i]
	}
	// What a cluster is told is known by its name. Who does not know it takes the folder for a deployment of its own.
	documents.Documents = slices.DeleteFunc(documents.Documents, func(doc *model.Document) bool { return strings.HasPrefix(doc.Name, clusterFolder) })
	for _, file := range files {
		if !strings.HasPrefix(file.Name, clusterFolder) || strings.Contains(file.Name, "/templates/") {
			continue
		}
		if doc := read.Generated(file.Name, clusterFormats()[file.Name], file.Content); doc != nil {
			documents.Documents = append(documents.Documents, doc)
		}
	}
	documents.Name = stack
	if _, _, err := bindSecrets(s, documents); err != nil {
		return state{}, err
	}
	return state{deployment: link.Deployment(documents), files: files, findings: findings}, nil
}

// readAlone returns the deployment of a built stack as it is linked when it is read; nil if it has to be linked under its own name: one for a cluster, of
// which more is known than can be read, or one whose networks are called like its folder.
func readAlone(tree fstest.MapFS) (*model.Deployment, []diag.Finding, error) {
	for name := range tree {
		if strings.HasPrefix(name, clusterFolder) {
			return nil, nil, nil
		}
	}
	linked, findings, err := link.Read(tree)
	if err != nil || len(linked) != 1 || linked[0].Name != "." {
		return nil, nil, err
	}
	if _, named := linked[0].Root("docker-compose.yml").Get("name").Literal(); !named {
		return nil, nil, nil
	}
	return linked[0], findings, nil
}

// withoutIncluded returns what a chart is told without the configurations in it, each of which is a document of its own.
func withoutIncluded(doc *model.Document) *model.Document {
	if doc.Name != clusterFolder+"values.yaml" {
		return doc
	}
	values := *doc
	values.Root = stripped(doc.Root, false)
	return &values
}

func stripped(n *model.Node, additional bool) *model.Node {
	if n.Kind != model.Map {
		return n
	}
	left := *n
	left.Fields = nil
	for _, f := range n.Fields {
		if additional && (f.Key == "10-matrixgen.yaml" || f.Key == "matrixgen.json") {
			continue
		}
		f.Value = stripped(f.Value, f.Key == "additional")
		left.Fields = append(left.Fields, f)
	}
	return &left
}
