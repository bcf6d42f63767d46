// Package read turns files that exist into deployments: it recognises documents by what is in them, parses them with the place of every value,
// and follows what compose files say about which service reads what. Nothing is executed, nothing outside of the given tree is read, and a
// file that was made to do harm ends in a finding. It knows no rules: what is wrong in a document that parses is not its business.
//
// What Compose means is written here once more, since compose-go keeps no positions and knows no values that cannot be told; the tests hold
// it against compose-go.
package read

import (
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// documents returns the documents of a group, named relative to its folder: those that were recognised, and those that its services mount. What
// nobody recognised is not read for nothing: a repository has thousands of such files.
// What services of an earlier group mount is claimed, by the folder of that group: in the same folder, and in the group of what is left over, it
// belongs here only if services of this group mount it, too.
func (r *reader) documents(g group, claimed map[string]string) []*model.Document {
	var docs []*model.Document
	have := map[string]bool{}
	add := func(name string) {
		if have[name] {
			return
		}
		if doc := r.documentOf(g, name); doc != nil {
			have[name] = true
			docs = append(docs, doc)
		}
	}
	var others, sources []string
	for _, name := range g.files {
		switch by := claimed[name]; {
		case by != "" && (by == g.dir || g.rest):
		case r.files[name].is(model.KindOther) && !slices.Contains(g.call.files, name) && !g.values.has(name):
			others = append(others, name)
		default:
			add(name)
		}
	}
	for round := 0; round < 3; round++ { // what is included may name further files
		before := len(docs)
		sources = sourcesOf(withUnits(docs))
		for _, source := range sources {
			for _, name := range r.below(path.Join(g.dir, source)) {
				add(name)
				if have[name] && !r.files[name].is(model.KindEnv) {
					claimed[name] = g.dir
				}
			}
		}
		if len(docs) == before {
			break
		}
	}
	for _, name := range others {
		below := relative(g.dir, name)
		if isToEncrypt(docs, below) || isBesideRules(docs, below) || slices.ContainsFunc(sources, func(source string) bool { return strings.HasPrefix(below, source+"/") }) {
			add(name)
		}
	}
	slices.SortStableFunc(docs, func(a, b *model.Document) int { return strings.Compare(a.Name, b.Name) })
	return docs
}

// documentOf returns a document, named relative to the folder of a group, or nil.
func (r *reader) documentOf(g group, name string) *model.Document {
	read := r.document(name)
	if read == nil {
		return nil
	}
	doc := *read
	doc.Name, doc.Overlay = relative(g.dir, name), name == g.over
	doc.Layer = max(slices.Index(g.call.files, name), slices.Index(g.call.env, name)) + 1
	g.values.settle(name, &doc)
	if slices.Contains(g.call.files, name) {
		doc.Kind, doc.Upstream = model.KindCompose, model.KindCompose.Upstream()
	}
	doc.HasParts = doc.Kind == model.KindSynapse && (r.hasParts(name) || isOfPackage(doc.Root))
	doc.Installs = doc.Installs || doc.Kind == model.KindESS && r.isPacked(name)
	return &doc
}

// sourcesOf returns the paths that the compose files among documents name: what is mounted, included, extended, and read for variables.
func sourcesOf(docs []*model.Document) []string {
	var sources []string
	for name := range referenced(docs) {
		sources = append(sources, name)
	}
	slices.Sort(sources)
	p := newProject(docs)
	if p == nil {
		return sources
	}
	for _, s := range p.services() {
		for _, m := range s.Mounts {
			if m.Type != "volume" && m.Source != "" && m.Source != "." && !path.IsAbs(m.Source) {
				sources = append(sources, path.Join(p.dir, m.Source))
			}
		}
		if file, context := dockerfile(s.Node); file != "" {
			sources = append(sources, path.Join(p.dir, file))
			if doc := p.documents[path.Join(p.dir, file)]; doc != nil && doc.Kind == model.KindDockerfile {
				sources = append(sources, copiedSources(doc, path.Join(p.dir, context))...)
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

// isOfPackage reports whether a configuration of Synapse is that of Debian's package, which asks for the server name and keeps it in
// /etc/matrix-synapse/conf.d.
// https://element-hq.github.io/synapse/latest/setup/installation.html#debianubuntu
func isOfPackage(root *model.Node) bool {
	if root.Get("server_name") != nil {
		return false
	}
	for _, key := range []string{"log_config", "signing_key_path"} {
		if name, known := root.Get(key).Literal(); known && path.Dir(name) == "/etc/matrix-synapse" {
			return true
		}
	}
	return false
}

// hasParts reports whether more of a configuration of Synapse lies in a folder beside it, as Debian's package has it: conf.d.
func (r *reader) hasParts(name string) bool {
	folder := path.Join(path.Dir(name), "conf.d")
	return r.others[folder] && slices.ContainsFunc(r.below(folder), func(part string) bool { return extension(part) == ".yaml" })
}
