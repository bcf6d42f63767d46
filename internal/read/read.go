// Package read turns files that exist into deployments: it recognises documents by what is in them, parses them with the place of every value,
// and follows what compose files say about which service reads what. Nothing is executed, nothing outside of the given tree is read, and a
// file that was made to do harm ends in a finding. It knows no rules: what is wrong in a document that parses is not its business.
//
// What Compose means is written here once more, since compose-go keeps no positions and knows no values that cannot be told; the tests hold
// it against compose-go.
package read

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Deployments reads the files of a tree and returns the deployments in it, linked and ordered by name: one for each folder with compose
// files, with what is below it; or a single one if there are none. Projects without anything of Matrix are left out beside others. A file
// that does not parse is a finding, and the others are read all the same. An error means that the tree cannot be read.
func Deployments(fsys fs.FS) ([]*model.Deployment, []diag.Finding, error) {
	r := &reader{fsys: fsys, parser: &parser{}, sizes: map[string]int64{}, others: map[string]bool{}, files: map[string]*file{}, ignored: ignores{},
		sources: map[string]string{}}
	if err := r.walk(); err != nil {
		return nil, nil, err
	}
	var deployments []*model.Deployment
	claimed := map[string]string{}
	for _, g := range r.groups() {
		d := &model.Deployment{Name: g.name, Documents: r.documents(g, claimed)}
		r.findings = append(r.findings, link(d, r.parser, r.sources)...)
		r.markMissing(d, g.dir)
		keepLinked(d)
		if len(d.Documents) > 0 {
			deployments = append(deployments, d)
		}
	}
	slices.SortStableFunc(deployments, func(a, b *model.Deployment) int { return strings.Compare(a.Name, b.Name) })
	return ofMatrix(deployments), diag.Sort(r.findings), nil
}

// documents returns the documents of a group, named relative to its folder: those that were recognised, and those that its services mount.
// What services of an earlier group mount is claimed, by the folder of that group: in the same folder, and in the group of what is left over, it
// belongs here only if services of this group mount it, too.
func (r *reader) documents(g group, claimed map[string]string) []*model.Document {
	var docs []*model.Document
	have := map[string]bool{}
	add := func(name string) {
		if f := r.read(name); f != nil && f.doc != nil && !have[name] {
			have[name] = true
			doc := *f.doc
			doc.Name = relative(g.dir, name)
			docs = append(docs, &doc)
		}
	}
	for _, name := range g.files {
		if by := claimed[name]; by == "" || by != g.dir && !g.rest {
			add(name)
		}
	}
	d := &model.Deployment{Documents: slices.Clone(docs)}
	for round := 0; round < 3; round++ { // what is included may name further files
		before := len(docs)
		for _, source := range sourcesOf(d) {
			for _, name := range r.below(path.Join(g.dir, source)) {
				add(name)
				if f := r.read(name); f != nil && f.doc != nil && f.doc.Kind != model.KindEnv {
					claimed[name] = g.dir
				}
			}
		}
		if len(docs) == before {
			break
		}
		d.Documents = slices.Clone(docs)
	}
	slices.SortStableFunc(docs, func(a, b *model.Document) int { return strings.Compare(a.Name, b.Name) })
	return docs
}

// sourcesOf returns the paths that the compose files of a deployment name: what is mounted, included, extended, and read for variables.
func sourcesOf(d *model.Deployment) []string {
	var sources []string
	for name := range referenced(d.Documents) {
		sources = append(sources, name)
	}
	slices.Sort(sources)
	p := newProject(d)
	if p == nil {
		return sources
	}
	for _, s := range p.services() {
		for _, m := range s.Mounts {
			if m.Type != "volume" && m.Source != "" && m.Source != "." && !path.IsAbs(m.Source) {
				sources = append(sources, path.Join(p.dir, m.Source))
			}
		}
		if files := asList(s.Node.Get("env_file")); files != nil {
			for _, file := range files.Items {
				if file.Kind == model.Map {
					file = file.Get("path")
				}
				if text, known := file.Literal(); known {
					sources = append(sources, path.Join(p.dir, text))
				}
			}
		}
	}
	return sources
}

// keepLinked drops documents that are not known by their content and that no service can see, and the samples of documents that are there.
func keepLinked(d *model.Deployment) {
	seen := map[*model.Document]bool{}
	var folders []string
	for _, s := range d.Services {
		for _, m := range s.Mounts {
			seen[m.Document] = true
			if m.Type == "bind" && m.Source != "." && !path.IsAbs(m.Source) {
				folders = append(folders, m.Source+"/")
			}
		}
	}
	d.Documents = slices.DeleteFunc(d.Documents, func(doc *model.Document) bool {
		return !seen[doc] && isSampleOfAnother(d, doc) || doc.Kind == model.KindOther && !seen[doc] && !isToEncrypt(d, doc) &&
			!slices.ContainsFunc(folders, func(folder string) bool { return strings.HasPrefix(doc.Name, folder) })
	})
}

// isToEncrypt reports whether a rule of SOPS says to encrypt a document.
func isToEncrypt(d *model.Deployment, doc *model.Document) bool {
	for _, rules := range d.Documents {
		if rules.Kind != model.KindSOPSRules {
			continue
		}
		list := rules.Root.Get("creation_rules")
		if list == nil {
			continue
		}
		for _, rule := range list.Items {
			text, known := rule.Get("path_regex").Literal()
			if expression, err := regexp.Compile(text); known && err == nil && expression.MatchString(doc.Name) {
				return true
			}
		}
	}
	return false
}

// isSampleOfAnother reports whether a document is a sample of the very file that a product reads, or the second sample of one: homeserver.yaml.example
// beside homeserver.yaml. What is wrong in it harms nobody.
func isSampleOfAnother(d *model.Deployment, doc *model.Document) bool {
	if !isTemplate(doc.Name) {
		return false
	}
	for _, c := range []*model.Configuration{d.MAS, d.Synapse, d.Element} {
		if c != nil && !slices.Contains(c.Documents, doc) && slices.ContainsFunc(c.Documents, func(read *model.Document) bool {
			return stripTemplate(read.Name) == stripTemplate(doc.Name)
		}) {
			return true
		}
	}
	return false
}
