package read

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// group is the files of one deployment.
type group struct {
	name, dir string
	files     []string
	rest      bool   // what belongs to no folder with a compose file
	over      string // the compose file that is laid over the main one, or ""
	// call is the command that names the compose files, if one does.
	call invocation
	// values are those for Element's chart, or nil.
	values *release
}

// groups returns the deployments of the tree: one for each folder with compose files; one for each further compose file there that is whole
// on its own, or that is laid over the main one, together with that; and one for documents that belong to no folder of these. Those whose
// services claim single files come first.
func (r *reader) groups() []group {
	units, values := r.unitFolders(), r.essFolders()
	folders := slices.Compact(slices.Sorted(slices.Values(slices.Concat(r.composeFolders(), slices.Collect(maps.Keys(units)), slices.Collect(maps.Keys(values))))))
	mains, inside := map[string]*group{}, map[string][]string{}
	for _, name := range r.names {
		inside[path.Dir(name)] = append(inside[path.Dir(name)], name)
	}
	var groups []*group
	for _, dir := range folders {
		main, others := r.project(dir, inside[dir])
		main.name, main.dir = dir, dir
		mains[dir] = main
		switch {
		case len(units[dir]) > 0 && len(main.files) == 0:
			main.files = units[dir]
		case len(units[dir]) > 0: // another way to run the same
			others = append(others, &group{name: units[dir][0], files: units[dir]})
		}
		for _, set := range values[dir] {
			if len(main.files) == 0 {
				main.files, main.values = set.names, set
			} else {
				others = append(others, &group{name: set.names[len(set.names)-1], files: set.names, values: set})
			}
		}
		for _, other := range others {
			other.dir = dir
			groups = append(groups, other)
		}
	}
	for _, dir := range folders {
		groups = append(groups, mains[dir])
	}
	var rest *group
	for _, name := range r.names {
		if f := r.files[name]; f == nil || f.kind == "" || f.kind == model.KindCompose || f.kind == model.KindQuadlet || f.kind == model.KindESS {
			continue
		}
		g := mains[home(name, folders)]
		if g == nil {
			if rest == nil {
				rest = &group{name: ".", dir: ".", rest: true}
				groups = append(groups, rest)
			}
			g = rest
		}
		g.files = append(g.files, name)
	}
	r.shareScripts(mains, folders)
	r.shareVariables(groups, mains)
	var all []group
	for _, g := range groups {
		all = append(all, *g)
	}
	return all
}

// shareVariables gives the further compose files of a folder the variables that lie there, and the scripts, which may be for all of them; one
// that is laid over the main file has all that this has.
func (r *reader) shareVariables(groups []*group, mains map[string]*group) {
	for _, g := range groups {
		if main := mains[g.dir]; main != nil && main != g {
			for _, name := range main.files {
				f := r.files[name]
				if f.is(model.KindEnv) && path.Dir(name) == g.dir || f.is(model.KindScript) || g.over != "" && !f.is(model.KindCompose) {
					g.files = append(g.files, name)
				}
			}
		}
	}
}

// shareScripts gives the scripts above several projects, or beside them, to all of these: which they are for, nothing tells.
func (r *reader) shareScripts(mains map[string]*group, folders []string) {
	for _, name := range r.names {
		if !r.files[name].is(model.KindScript) || home(name, folders) != "" {
			continue
		}
		for dir := path.Dir(name); ; dir = path.Dir(dir) {
			found := false
			for _, folder := range folders {
				if dir == "." || strings.HasPrefix(folder, dir+"/") {
					mains[folder].files = append(mains[folder].files, name)
					found = true
				}
			}
			if found || dir == "." {
				break
			}
		}
	}
}

// composeFolders returns the folders with compose files that are not only parts of others; one that does not parse counts.
func (r *reader) composeFolders() []string {
	used := map[string]bool{}
	for _, f := range r.files {
		if f.is(model.KindCompose) {
			for _, name := range f.uses {
				used[name] = true
			}
		}
	}
	if invoked := r.invoked(); !invoked.takesStandard {
		for _, call := range invoked.laid {
			for _, name := range call.files[1:] {
				used[name] = used[name] || path.Dir(name) != path.Dir(call.files[0])
			}
		}
	}
	var folders []string
	for _, name := range r.names {
		if f := r.files[name]; !used[name] && (f.is(model.KindCompose) || f != nil && f.isBroken && composeName(name)) {
			folders = append(folders, path.Dir(name))
		}
	}
	slices.Sort(folders)
	return slices.Compact(folders)
}

// project returns the compose files among the files of a folder that make one project, and the groups of the further ones.
func (r *reader) project(dir string, names []string) (*group, []*group) {
	var compose, variables []string
	broken := false
	for _, name := range names {
		f := r.files[name]
		switch {
		case f.is(model.KindCompose):
			compose = append(compose, name)
		case f.is(model.KindEnv) && !f.template:
			variables = append(variables, name)
		}
		broken = broken || f != nil && f.isBroken && slices.Contains(standardNames(), path.Base(name))
	}
	main := &group{}
	calls := r.invoked().startingWith(dir)
	if len(compose) == 1 && !broken && len(calls) == 0 {
		main.files = compose
		return main, nil
	}
	var docs []*model.Document
	for _, name := range slices.Concat(compose, variables) {
		if doc := r.document(name); doc != nil {
			docs = append(docs, doc)
		}
	}
	chosen := composeFiles(docs)
	if broken && len(chosen) > 0 && !slices.Contains(standardNames(), path.Base(chosen[0].Name)) {
		chosen = nil // the main file does not parse
	}
	used := referenced(docs)
	var others []*group
	for _, doc := range docs {
		switch {
		case doc.Kind != model.KindCompose:
		case slices.Contains(chosen, doc), isOverride(doc.Name), used[doc.Name], slices.ContainsFunc(calls, func(call invocation) bool { return slices.Contains(call.files, doc.Name) }):
			main.files = append(main.files, doc.Name)
		case len(chosen) > 0 && liesOver(doc, chosen[0]):
			others = append(others, &group{name: doc.Name, files: []string{chosen[0].Name, doc.Name}, over: doc.Name})
			main.files = append(main.files, doc.Name)
		case whole(doc):
			others = append(others, &group{name: doc.Name, files: []string{doc.Name}})
		default: // parts to lay over the main file are documents of its deployment, though they count only when they are named
			main.files = append(main.files, doc.Name)
		}
	}
	return main, append(others, main.lay(calls, chosen, r.invoked().takesStandard || len(namedFiles(docs, docs)) > 0)...)
}

// lay gives the main group the first command that begins with its main file, unless Compose is also let take that by itself, and returns the groups of
// the others: what is only ever run together lacks something alone.
func (g *group) lay(calls []invocation, chosen []*model.Document, isChosen bool) []*group {
	var others []*group
	var main string
	var names []string
	for _, doc := range chosen {
		names = append(names, doc.Name)
		main = names[0]
	}
	isChosen = isChosen || len(chosen) != 1
	for _, call := range calls {
		files := slices.Concat(call.files, call.env)
		switch {
		case slices.Equal(call.files, names):
		case !isChosen && call.files[0] == main:
			g.call, g.files, isChosen = call, append(g.files, files...), true
		default:
			others = append(others, &group{name: call.name(main), files: files, over: call.files[len(call.files)-1], call: call})
		}
	}
	return others
}

// whole reports whether every service of a compose file says what it runs; if not, the file is one to lay over another.
func whole(doc *model.Document) bool {
	services := doc.Root.Get("services")
	return services != nil && !slices.ContainsFunc(services.Fields, func(f model.Field) bool {
		return f.Value.Get("image") == nil && f.Value.Get("build") == nil && f.Value.Get("extends") == nil
	})
}

// home returns the folder of the project that a file belongs to: the nearest one above it, or else the only one below the nearest folder above
// it that has any. "" if there are several, or none. The folders are sorted.
func home(name string, folders []string) string {
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		if _, found := slices.BinarySearch(folders, dir); found {
			return dir
		}
		below := folders
		if dir != "." {
			at, _ := slices.BinarySearch(folders, dir+"/")
			below = folders[at:]
		}
		inside := func(i int) bool { return i < len(below) && (dir == "." || strings.HasPrefix(below[i], dir+"/")) }
		switch {
		case inside(1) || !inside(0) && dir == ".":
			return ""
		case inside(0):
			return below[0]
		}
	}
}
