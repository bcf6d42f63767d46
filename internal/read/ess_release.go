package read

import (
	"path"
	"slices"

	"github.com/matrixgen/matrixgen/internal/model"
)

// release is Element's chart as one object installs it, or as files of values are given to Helm.
type release struct {
	// object is nil where no object installs it.
	object *essObject
	dir    string
	// names are the documents with its values, in the order in which they are laid over each other.
	names []string
	// veiled says of how many of them, from the first, something that cannot be seen may overwrite what they say.
	veiled int
	// lacks says that there may be values that cannot be seen: what is absent may stand there.
	lacks bool
	// version is that of the chart, as far as one of the tree says it. isVersion says that it stands in the place of those of the documents.
	version   string
	isVersion bool
}

// essReleases are the releases of a tree while they are put together.
type essReleases struct {
	reader *reader
	places []essPlace
	// kustomized is what Kustomize may make of the objects.
	kustomized kustomized
	all        []*release
	// taken are the documents whose release is known.
	taken map[string]bool
}

// installed makes a release of each object that installs Element's chart, and takes what such objects have of other charts out of consideration.
func (e *essReleases) installed() {
	for _, at := range e.places {
		if !at.object.installs() || e.isPatch(at) {
			continue
		}
		if at.values != "" {
			e.taken[at.values] = true
		}
		for _, ref := range at.object.aside {
			e.taken[path.Join(path.Dir(at.file), ref.file)] = true
		}
		if found := e.install(at); found != nil {
			for _, name := range found.names {
				e.taken[name] = true
			}
			if e.overlay(at, found) || len(found.names) == 0 {
				continue
			}
			if same := e.patched(at, found); same != nil {
				same.names = append(same.names, found.names...)
			} else {
				e.all = append(e.all, found)
			}
		}
	}
	for _, at := range e.places {
		isOverOthers := at.object.kind == "HelmChartConfig" || at.object.installs() && e.isPatch(at)
		if isOverOthers && at.sure && at.values != "" && !e.taken[at.values] { // of an object that is elsewhere
			e.taken[at.values] = true
			e.all = append(e.all, &release{object: &at.object, dir: path.Dir(at.file), names: []string{at.values}, lacks: true})
		}
	}
}

// installs reports whether the object is one that installs a chart. What else it gives the chart is a layer of that.
func (o essObject) installs() bool {
	switch o.kind {
	case "HelmRelease", "HelmChart", "Application", "ApplicationSet", "helmCharts", "helmfile":
		return o.kind != "HelmChart" || o.key == ""
	}
	return false
}

// install returns the release that an object makes, or nil if it installs another chart. It may be that nothing of its values is there.
// What Flux merges: https://fluxcd.io/flux/components/helm/helmreleases/#values-overrides
func (e *essReleases) install(at essPlace) *release {
	made, isOurs := &release{object: &at.object, dir: path.Dir(at.file), version: at.object.version}, at.sure
	chart := at.object.chart
	if at.object.chartRef.name != "" {
		if source, _ := e.find(at, at.object.chartRef, at.object.chartRef.kind); source != nil {
			chart, made.version = source.object.chart, source.object.version
		}
	}
	if name := chartName(chart); name == "matrix-stack" {
		isOurs = true
	} else if name != "" && at.object.chartRef.name != "" {
		return nil
	}
	var lay func(refs []essRef)
	lay = func(refs []essRef) {
		for _, ref := range refs {
			found := e.layer(at, ref)
			if found.isUnseen {
				made.veiled, made.lacks = len(made.names), true
			} else if found.name != "" && !slices.Contains(made.names, found.name) {
				if found.isRendered { // what is rendered into it may overwrite what is below, and may be what is absent
					made.veiled, made.lacks = len(made.names), true
				}
				made.names = append(made.names, found.name)
			}
			isOurs = isOurs || found.sure && chart == ""
			lay(found.above)
		}
	}
	lay(at.object.below)
	if at.values != "" {
		made.names = append(made.names, at.values)
	}
	lay(at.object.above)
	if !isOurs {
		return nil
	}
	return made
}

// layer is what a reference gives a release.
type layer struct {
	// name is that of the document with the values, or "".
	name string
	// sure says that they are for Element's chart, and isUnseen, that there may be some that cannot be seen.
	sure, isUnseen bool
	// isRendered says that lines of it are rendered, which cannot be seen.
	isRendered bool
	// above is what the object that has them lays over them.
	above []essRef
}

// layer returns what a reference in an object gives the release.
func (e *essReleases) layer(at essPlace, ref essRef) layer {
	if ref.file != "" {
		name := ref.file
		if ref.kind == "file" { // beside the object
			name = path.Join(path.Dir(at.file), ref.file)
		}
		if f := e.reader.files[name]; f != nil && f.kind != "" {
			doc := e.reader.document(name)
			return layer{name: name, sure: f.is(model.KindESS), isRendered: doc != nil && doc.Template && !doc.Whole}
		}
	} else if ref.kind != "" {
		found, several := e.find(at, ref, ref.kind)
		switch {
		case found != nil:
			return layer{name: found.values, sure: found.sure, isUnseen: found.values == "" && !ref.optional, above: found.object.above}
		case ref.optional && !several:
			return layer{}
		}
	}
	return layer{isUnseen: true}
}

// find returns the object that a reference in another one means, or nil, and whether there are several that it may mean. Of several it is the one in the same file, or in the same folder: which one of others
// gets into the same cluster, nothing tells.
func (e *essReleases) find(from essPlace, ref essRef, kind string) (place *essPlace, several bool) {
	if ref.namespace == "" {
		ref.namespace = from.object.namespace
	}
	var found []*essPlace
	for i := range e.places {
		o := e.places[i].object
		if o.kind == kind && o.name == ref.name && o.key == ref.key && (o.namespace == "" || ref.namespace == "" || o.namespace == ref.namespace) {
			found = append(found, &e.places[i])
		}
	}
	for _, near := range []func(*essPlace) bool{
		func(p *essPlace) bool { return p.file == from.file },
		func(p *essPlace) bool { return path.Dir(p.file) == path.Dir(from.file) },
		func(*essPlace) bool { return true },
	} {
		if some := slices.DeleteFunc(slices.Clone(found), func(p *essPlace) bool { return !near(p) }); len(some) == 1 {
			return some[0], false
		} else if len(some) > 1 {
			return nil, true
		}
	}
	return nil, false
}

// patched returns the release that an object of another file of the folder changes: it has the same name, and contradicts nothing.
func (e *essReleases) patched(at essPlace, found *release) *release {
	for _, other := range e.all {
		if o := other.object; o.kind == at.object.kind && o.name == at.object.name && o.namespace == at.object.namespace && other.dir == found.dir &&
			!slices.ContainsFunc(other.names, func(name string) bool {
				file, _ := e.reader.partOf(name)
				return file == at.file || slices.ContainsFunc(found.names, func(mine string) bool { return e.reader.contradict(name, mine) })
			}) {
			return other
		}
	}
	return nil
}

// loose returns the documents with values that no object of the tree takes, by their folders.
func (e *essReleases) loose() map[string][]string {
	parts := map[string][]string{}
	for _, at := range e.places {
		if file, _ := e.reader.partOf(at.values); at.sure && file == at.file {
			parts[at.file] = append(parts[at.file], at.values)
		}
	}
	folders := map[string][]string{}
	for _, name := range e.reader.names {
		if !e.reader.files[name].is(model.KindESS) {
			continue
		}
		names := parts[name]
		if names == nil {
			names = []string{name}
		}
		for _, part := range names {
			if !e.taken[part] {
				folders[path.Dir(name)] = append(folders[path.Dir(name)], part)
			}
		}
	}
	return folders
}

// has reports whether a document is a layer of the release, which may be none.
func (s *release) has(name string) bool { return s != nil && slices.Contains(s.names, name) }

// settle says of a document which layer of the release it is, if it is one.
func (s *release) settle(name string, doc *model.Document) {
	if !s.has(name) || doc.Root.Kind != model.Map {
		return
	}
	i := slices.Index(s.names, name)
	doc.Kind, doc.Upstream, doc.Layer = model.KindESS, model.KindESS.Upstream(), i+1
	if doc.ChartVersion == "" || s.isVersion {
		doc.ChartVersion = s.version
	}
	if s.lacks {
		doc.Root = clone(doc.Root)
		lack(doc.Root)
	}
	if i < s.veiled {
		doc.Root = veil(doc.Root)
	}
}

// lack opens all maps of a tree: more of them may stand where it cannot be seen.
func lack(n *model.Node) {
	n.Open = n.Open || n.Kind == model.Map
	for _, f := range n.Fields {
		lack(f.Value)
	}
	for _, item := range n.Items {
		lack(item)
	}
}

// veil returns a tree of which the sections are sure and no value is: something that cannot be seen may overwrite them.
func veil(n *model.Node) *model.Node {
	c := clone(n)
	blank(c)
	return c
}

func blank(n *model.Node) {
	if n.Kind != model.Map && n.Kind != model.List {
		n.Text, n.Unknown = "", true
	}
	for _, f := range n.Fields {
		blank(f.Value)
	}
	for _, item := range n.Items {
		blank(item)
	}
}
