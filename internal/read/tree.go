package read

import (
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Deployments reads the files of a tree and returns the documents of the deployments in it, ordered by name: one for each folder with compose
// files, with what is below it; or a single one if there are none. Projects without anything of Matrix are left out beside others. A file
// that does not parse is a finding, and the others are read all the same. An error means that the tree cannot be read.
func Deployments(fsys fs.FS) ([]*model.Files, []diag.Finding, error) {
	found, findings, err := Find(fsys)
	var all []*model.Files
	for _, f := range found {
		all = append(all, f.files)
	}
	return all, findings, err
}

// Find is [Deployments] with what was found out on the way: to tell which documents count, they were related.
func Find(fsys fs.FS) ([]*Found, []diag.Finding, error) {
	t, err := Open(fsys)
	if err != nil {
		return nil, nil, err
	}
	at := map[Place][]*Found{}
	for f := range t.Deployments() {
		at[f.Place] = append(at[f.Place], f)
	}
	all := slices.Concat(at[OfMatrix], at[Beside])
	if !t.HasMatrix() {
		all = slices.Concat(at[Aside], at[Beside]) // a server of photographs may lie in the tree of one of Matrix
	}
	slices.SortStableFunc(all, func(a, b *Found) int { return strings.Compare(a.files.Name, b.files.Name) })
	return all, t.Findings(), nil
}

// Tree is what is in a directory. What each file is, is known; the deployments are read one after another, so that no more of a large tree is held than
// one of these needs.
type Tree struct {
	reader *reader
	groups []group
	// done is how many of the groups were read.
	done  int
	scope scope
	// hasMatrix says that something of Matrix was found.
	hasMatrix bool
	hints     hints
}

// Open lists the files of a tree, and tells what each is. An error means that the tree cannot be read.
func Open(fsys fs.FS) (*Tree, error) {
	r := &reader{fsys: fsys, parser: &parser{}, sizes: map[string]int64{}, modes: map[string]fs.FileMode{}, others: map[string]bool{}, files: map[string]*known{}, ignored: ignores{}, commands: map[string]string{}}
	if err := r.walk(); err != nil {
		return nil, err
	}
	t := &Tree{reader: r, groups: r.groups(), hints: r.hints()}
	t.scope = scope{live: map[string]bool{}, read: map[string]bool{}, folders: map[string]bool{}}
	for _, f := range r.files {
		t.hasMatrix = t.hasMatrix || f.isMatrix
	}
	return t, nil
}

// HasMatrix reports whether something of Matrix was found, be it a file that does not parse. It is sure when all deployments were read.
func (t *Tree) HasMatrix() bool { return t.hasMatrix }

// Looked returns how many files were looked at.
func (t *Tree) Looked() int {
	n := 0
	for _, f := range t.reader.files {
		if !f.isUnread {
			n++
		}
	}
	return n
}

// Findings returns what there is to say of files that cannot be read, sorted. It is whole when all deployments were read.
func (t *Tree) Findings() []diag.Finding {
	findings := t.Left()
	for _, f := range t.reader.findings {
		if !t.hasMatrix || t.reader.concerns(f.File, t.scope) {
			findings = append(findings, f)
		}
	}
	return diag.Sort(findings)
}

// Left returns what there is to say of files that are Matrix's, and are left out: those of Ansible.
func (t *Tree) Left() []diag.Finding { return slices.Clone(t.reader.left) }

// Deployments returns the deployments of the tree: one for each folder with compose files, with what is below it, or a single one if there are none.
// It may be asked again.
func (t *Tree) Deployments() iter.Seq[*Found] {
	return func(yield func(*Found) bool) {
		claimed := map[string]string{}
		for i, g := range t.groups {
			f := &Found{tree: t, group: g}
			findings := f.read(t.reader.documents(g, claimed))
			if i == t.done {
				t.reader.findings = append(t.reader.findings, findings...)
				t.done++
			}
			if len(f.files.Documents) == 0 {
				continue
			}
			t.hasMatrix = t.hasMatrix || f.Place == OfMatrix
			if f.Place != Aside {
				t.scope.add(g.dir, f.Place == OfMatrix, f.files)
			}
			if !yield(f) {
				return
			}
		}
	}
}

// Place is what a deployment has to do with Matrix.
type Place int

// The places: a deployment of Matrix; what lies beside these and may serve them, such as a proxy or an identity provider; and what has nothing to do with
// Matrix. What the last one holds, others may reach; what is wrong in it is not said.
const (
	OfMatrix Place = iota
	Beside
	Aside
)

// Found is a deployment of a tree.
type Found struct {
	Place   Place
	tree    *Tree
	group   group
	files   *model.Files      // nil where they were let go
	related *model.Deployment // nil where it was taken, or let go
	names   []string          // of the files that it was read from
}

// read makes the deployment of the documents of its group.
func (f *Found) read(docs []*model.Document) []diag.Finding {
	r := f.tree.reader
	docs = withUnits(docs)
	f.names = nil
	for _, doc := range docs {
		f.names = append(f.names, path.Join(f.group.dir, doc.Name))
	}
	f.files = &model.Files{Name: f.group.name, Documents: docs}
	related, findings := complete(f.files, r.parser, r.text)
	if len(f.files.Documents) == 0 {
		return findings
	}
	f.files.Missing = r.missing(related, f.group.dir)
	f.files.Told, f.files.Named = r.told(f.group.dir), r.named(related)
	related.Missing, related.Told, related.Named = f.files.Missing, f.files.Told, f.files.Named
	markMissing(related)
	f.related, f.Place = related, placeOf(f.group, related)
	if r.testsChart(f.group.dir) {
		f.Place = Aside
	}
	findings = append(findings, r.brokenMounts(related, f.group.dir)...)
	for i, doc := range f.files.Documents {
		if doc.Kind == model.KindEnv && f.Place != Aside {
			doc.Unread = !readsVariables(related, doc, len(f.tree.groups) == 1)
			related.Documents[i].Unread = doc.Unread
		}
	}
	return findings
}

func placeOf(g group, d *model.Deployment) Place {
	switch {
	case isForTests(g.name):
		return Aside
	case concernsMatrix(d):
		return OfMatrix
	case len(d.Services) == 0 || mayServeMatrix(d):
		return Beside
	}
	return Aside
}

// Relate returns the documents related to each other. Each time that is another deployment. Like [Relate] it is a step of package link.
func (f *Found) Relate() *model.Deployment {
	if f.files == nil {
		var docs []*model.Document
		for _, name := range f.names {
			if doc := f.tree.reader.documentOf(f.group, name); doc != nil {
				docs = append(docs, doc)
			}
		}
		f.read(docs)
	}
	d := f.related
	if f.related = nil; d == nil {
		d = Relate(f.files)
	}
	return d
}

// IsHeld reports whether the tree holds all documents anyway.
func (f *Found) IsHeld() bool {
	return !slices.ContainsFunc(f.names, func(name string) bool { return f.tree.reader.files[name].held() == nil })
}

// LetGo forgets the documents, which are read again when they are asked for.
func (f *Found) LetGo() { f.files, f.related = nil, nil }
