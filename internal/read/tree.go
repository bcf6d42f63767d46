package read

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Tree is what is in a directory.
type Tree struct {
	// Live are the documents of the deployments of Matrix, and of what lies beside these and may serve them: a proxy, an identity provider. None if
	// nothing of Matrix is there.
	Live []*model.Files
	// Aside are projects with nothing of Matrix in them. What they hold, others may reach; what is wrong in them is not said.
	Aside []*model.Files
	// Findings are those of files that cannot be read, sorted.
	Findings []diag.Finding
	// Matrix says that something of Matrix is there, be it a file that does not parse.
	Matrix bool
	// Looked is how many files were looked at.
	Looked int
}

// Deployments reads the files of a tree and returns the documents of the deployments in it, ordered by name: one for each folder with compose
// files, with what is below it; or a single one if there are none. Projects without anything of Matrix are left out beside others. A file
// that does not parse is a finding, and the others are read all the same. An error means that the tree cannot be read.
func Deployments(fsys fs.FS) ([]*model.Files, []diag.Finding, error) {
	t, err := Directory(fsys)
	if len(t.Live) == 0 {
		t.Live = t.Aside // a server of photographs may lie in the tree of one of Matrix
	}
	return t.Live, t.Findings, err
}

// Directory reads the files of a tree, as [Deployments] does, and tells those of Matrix from others.
func Directory(fsys fs.FS) (Tree, error) {
	r := &reader{fsys: fsys, parser: &parser{}, sizes: map[string]int64{}, others: map[string]bool{}, files: map[string]*file{}, ignored: ignores{},
		sources: map[string]string{}}
	if err := r.walk(); err != nil {
		return Tree{}, err
	}
	var t Tree
	var near []*model.Files // what is none of Matrix and may serve it
	claimed := map[string]string{}
	s := scope{live: map[string]bool{}, read: map[string]bool{}, folders: map[string]bool{}}
	for _, g := range r.groups() {
		files := &model.Files{Name: g.name, Documents: r.documents(g, claimed)}
		linked, findings := complete(files, r.parser, r.sources)
		r.findings = append(r.findings, findings...)
		if len(files.Documents) == 0 {
			continue
		}
		files.Missing = r.missing(linked, g.dir)
		isMatrix := !isForTests(g.name) && concernsMatrix(linked)
		switch {
		case isMatrix:
			t.Live = append(t.Live, files)
		case !isForTests(g.name) && (len(linked.Services) == 0 || mayServeMatrix(linked)):
			near = append(near, files)
		default:
			t.Aside = append(t.Aside, files)
			continue
		}
		s.add(g.dir, isMatrix, files, linked)
	}
	t.Matrix = len(t.Live) > 0 || slices.ContainsFunc(r.names, r.isBrokenMatrix)
	if t.Matrix {
		t.Live = append(t.Live, near...)
	} else {
		t.Aside = append(t.Aside, near...)
	}
	byName := func(a, b *model.Files) int { return strings.Compare(a.Name, b.Name) }
	slices.SortStableFunc(t.Live, byName)
	slices.SortStableFunc(t.Aside, byName)
	for _, f := range r.findings {
		if !t.Matrix || r.concerns(f.File, s) {
			t.Findings = append(t.Findings, f)
		}
	}
	t.Findings = diag.Sort(t.Findings)
	for _, f := range r.files {
		if f != nil {
			t.Looked++
		}
	}
	return t, nil
}

// scope is which files belong to what is checked, by their names in the tree.
type scope struct {
	live    map[string]bool // documents of what is checked
	read    map[string]bool // files of variables that are read
	folders map[string]bool // folders of projects that are checked
}

// add notes the files of a project that is checked.
func (s scope) add(dir string, isMatrix bool, files *model.Files, linked *model.Deployment) {
	s.folders[dir] = s.folders[dir] || isMatrix
	for _, doc := range files.Documents {
		name := path.Join(dir, doc.Name)
		s.live[name] = true
		if doc.Kind == model.KindEnv {
			doc.Unread = !readsVariables(linked, doc)
			s.read[name] = s.read[name] || !doc.Unread
		}
	}
}

// concerns reports whether what is wrong with a file is anybody's business here: it is of a project that is checked, or of Matrix by what it holds; and
// if it is one of variables, it is read.
func (r *reader) concerns(name string, s scope) bool {
	f := r.files[name]
	switch {
	case f == nil:
		return true // it cannot be read at all
	case f.doc != nil && f.doc.Kind == model.KindEnv:
		return s.read[name]
	case f.doc != nil:
		return s.live[name]
	}
	return r.isBrokenMatrix(name) || s.folders[path.Dir(name)] || f.kind != model.KindCompose
}

// isBrokenMatrix reports whether a file that does not parse is one of Matrix, by what is legible of it.
func (r *reader) isBrokenMatrix(name string) bool {
	f := r.files[name]
	if f == nil || f.doc != nil || len(f.findings) == 0 || isForTests(name) {
		return false
	}
	return isMatrixKind(f.kind) || f.kind == model.KindCompose && speaksOfMatrix().MatchString(f.broken)
}

// readsVariables reports whether anything reads a file of variables: Compose, beside its files, a service by its env_file, or a script that names it.
// Of a sample it is what the file is copied to. Without a compose file it cannot be told, and counts as read.
func readsVariables(d *model.Deployment, doc *model.Document) bool {
	name := path.Join(path.Dir(doc.Name), stripTemplate(path.Base(doc.Name)))
	base := path.Base(name)
	isCompose := false
	for _, other := range d.Documents {
		switch {
		case other.Kind == model.KindCompose:
			isCompose = true
			if path.Dir(other.Name) == path.Dir(name) && (strings.HasPrefix(base, ".env") || base == "env") {
				return true
			}
		case other.Kind == model.KindScript && base != ".env" && strings.Contains(other.Root.Text, base):
			return true
		}
	}
	if !isCompose {
		return true
	}
	for _, source := range sourcesOf(d.Documents) {
		if source == name || source == doc.Name {
			return true
		}
	}
	return slices.ContainsFunc(includedVariables(d.Documents), func(file string) bool { return file == name || file == doc.Name })
}

// includedVariables returns the files of variables that the included projects of compose files read.
func includedVariables(docs []*model.Document) []string {
	var names []string
	for _, doc := range docs {
		if doc.Kind != model.KindCompose {
			continue
		}
		for _, entry := range includes(doc.Root) {
			for _, file := range entry.env {
				names = append(names, path.Join(path.Dir(doc.Name), file.Text))
			}
			for _, file := range entry.files {
				names = append(names, path.Join(path.Dir(doc.Name), path.Dir(file.Text), ".env"))
			}
		}
	}
	return names
}
