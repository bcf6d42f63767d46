package read

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// kustomization is what Kustomize makes of objects, or Flux before it applies them.
// https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
type kustomization struct {
	file string
	// resources are the files and folders that it takes objects from, and components the folders of those that change them, too.
	resources, components []string
	patches               []essPatch
	// texts counts the patches that stand in it.
	texts int
	// renames says that objects have other names behind it, or another namespace.
	renames bool
	// isOpaque says that it may change any object in a way that is not followed here.
	isOpaque bool
}

// essPatch changes objects.
type essPatch struct {
	// file is where it stands: a file of its own, or that of the kustomization.
	file string
	// number is its place among those with values in the file of the kustomization, from 1; 0 in a file of its own.
	number int
	// target is what it changes, instead of the object that it is called like.
	target *essTarget
	// isOpaque says that it is none that is laid over an object, or cannot be seen.
	isOpaque bool
}

// essTarget selects objects. Kinds and names are regular expressions; "" is for all.
type essTarget struct{ kind, name, namespace string }

// kustomizations returns those of the tree.
func (r *reader) kustomizations() []*kustomization {
	var all []*kustomization
	for _, name := range r.names {
		f := r.files[name]
		isFlux := f != nil && f.mayInstall
		if !isKustomization(name) && !isFlux || r.sizes[name] > maxSmall {
			continue
		}
		text := r.text(name)
		if root, _, err := yamlDocuments([]byte(text)); err == nil && isKustomization(name) {
			all = append(all, r.kustomization(name, root))
		}
		if strings.Contains(text, "kustomize.toolkit.fluxcd.io") {
			all = append(all, fluxKustomizations(name, text)...)
		}
	}
	return all
}

// fluxKustomizations returns what Flux does with the folders that it applies: patches that stand there are not followed.
// https://fluxcd.io/flux/components/kustomize/kustomizations/#patches
func fluxKustomizations(name, text string) []*kustomization {
	var all []*kustomization
	for _, object := range yamlObjects([]byte(text)) {
		spec := yamlAt(object, "spec")
		if group, _, _ := strings.Cut(yamlText(object, "apiVersion"), "/"); group != "kustomize.toolkit.fluxcd.io" || yamlText(object, "kind") != "Kustomization" {
			continue
		}
		k := &kustomization{file: name, resources: []string{path.Clean(yamlText(spec, "path"))}, isOpaque: len(yamlItems(spec, "components")) > 0}
		for _, item := range yamlItems(spec, "patches") {
			patch := essPatch{isOpaque: true, target: essTargetOf(yamlAt(item, "target"))}
			if patch.target == nil {
				patch.target = essTargetIn(yamlInText(yamlAt(item, "patch")))
			}
			k.patches = append(k.patches, patch)
		}
		all = append(all, k)
	}
	return all
}

// essTargetOf returns what a target selects, or nil.
func essTargetOf(target *yaml.Node) *essTarget {
	if target == nil {
		return nil
	}
	return &essTarget{kind: yamlText(target, "kind"), name: yamlText(target, "name"), namespace: yamlText(target, "namespace")}
}

// essTargetIn returns the object that a patch is called like, or nil if it says none.
func essTargetIn(patch *yaml.Node) *essTarget {
	kind := yamlText(patch, "kind")
	if kind == "" {
		return nil
	}
	return &essTarget{kind: regexp.QuoteMeta(kind), name: regexp.QuoteMeta(yamlText(patch, "metadata", "name"))}
}

// isKustomization reports whether a file is called as Kustomize wants it.
func isKustomization(name string) bool {
	return slices.Contains([]string{"kustomization.yaml", "kustomization.yml", "Kustomization"}, path.Base(name))
}

func (r *reader) kustomization(name string, root *yaml.Node) *kustomization {
	k := &kustomization{file: name, renames: yamlText(root, "namePrefix")+yamlText(root, "nameSuffix")+yamlText(root, "namespace") != ""}
	for _, key := range []string{"resources", "bases"} {
		for _, item := range yamlItems(root, key) {
			k.resources = append(k.resources, path.Join(path.Dir(name), item.Value))
		}
	}
	for _, item := range yamlItems(root, "components") {
		k.components = append(k.components, path.Join(path.Dir(name), item.Value))
	}
	for _, key := range []string{"replacements", "vars", "transformers"} {
		k.isOpaque = k.isOpaque || len(yamlItems(root, key)) > 0
	}
	for _, made := range yamlItems(root, "configMapGenerator") { // one that another has made already
		k.isOpaque = k.isOpaque || slices.Contains([]string{"merge", "replace"}, yamlText(made, "behavior"))
	}
	for _, item := range slices.Concat(yamlItems(root, "patches"), yamlItems(root, "patchesJson6902")) {
		p := essPatch{file: name, target: essTargetOf(yamlAt(item, "target"))}
		if file := yamlText(item, "path"); file != "" {
			p.file = path.Join(path.Dir(name), file)
		}
		k.add(r, p, yamlText(item, "patch"))
	}
	for _, item := range yamlItems(root, "patchesStrategicMerge") {
		p, text := essPatch{file: name}, item.Value
		if !strings.Contains(text, "\n") {
			p.file, text = path.Join(path.Dir(name), text), ""
		}
		k.add(r, p, text)
	}
	return k
}

// add takes in a patch, which stands in its file, or as a text in the kustomization. One that is laid over objects is followed; a list of operations, and what
// takes something away, is not.
func (k *kustomization) add(r *reader, p essPatch, text string) {
	isInside := p.file == k.file
	if !isInside {
		text = r.text(p.file)
	}
	root, second, err := yamlDocuments([]byte(text))
	p.isOpaque = err != nil || root.Kind != yaml.MappingNode || second > 0 && (isInside || p.target != nil) || strings.Contains(text, "$patch")
	if isInside && err == nil && yamlText(root, "kind") == "HelmRelease" && len(essIn(root)) > 0 {
		k.texts++
		p.number = k.texts
	}
	p.isOpaque = p.isOpaque || isInside && p.number == 0
	if p.isOpaque && p.target == nil && err == nil && second == 0 {
		p.target = essTargetIn(root)
	}
	k.patches = append(k.patches, p)
}

// yamlItems returns the items of a list below a key, or none.
func yamlItems(n *yaml.Node, key string) []*yaml.Node {
	if list := yamlAt(n, key); list != nil && list.Kind == yaml.SequenceNode {
		return list.Content
	}
	return nil
}

// essPatches returns what the patches that stand as texts in a kustomization give charts.
func essPatches(root *yaml.Node) []essValues {
	var all []essValues
	add := func(text *yaml.Node) {
		inside := yamlInText(text)
		if inside == nil || yamlText(inside, "kind") != "HelmRelease" {
			return
		}
		for _, values := range essIn(inside) {
			values.text, values.object.isPatch = text, true
			all = append(all, values)
		}
	}
	for _, item := range yamlItems(root, "patches") {
		add(yamlAt(item, "patch"))
	}
	for _, item := range yamlItems(root, "patchesStrategicMerge") {
		add(item)
	}
	return all
}

// selects reports whether a target may be an object. A name that was changed on the way is taken for one that has the old one in it.
func (t *essTarget) selects(o essObject, isRenamed bool) bool {
	matches := func(pattern, text string) bool {
		expression, err := regexp.Compile("^(?:" + pattern + ")$")
		return pattern == "" || text == "" || err != nil || expression.MatchString(text)
	}
	return t == nil || matches(t.kind, o.kind) && (matches(t.name, o.name) || isRenamed && strings.Contains(t.name, o.name)) && (isRenamed || matches(t.namespace, o.namespace))
}

// kustomized is what the kustomizations of a tree are and say.
type kustomized struct {
	all []*kustomization
	// in has those of a folder, and patches are the files with patches.
	in      map[string][]*kustomization
	patches map[string]bool
}

func newKustomized(all []*kustomization) kustomized {
	found := kustomized{all: all, in: map[string][]*kustomization{}, patches: map[string]bool{}}
	for _, k := range all {
		if isKustomization(k.file) {
			found.in[path.Dir(k.file)] = append(found.in[path.Dir(k.file)], k)
		}
		for _, p := range k.patches {
			found.patches[p.file] = true
		}
	}
	return found
}

// isPatch reports whether an object stands in a patch.
func (e *essReleases) isPatch(at essPlace) bool {
	return at.object.isPatch || at.object.kind != "helmCharts" && e.kustomized.patches[at.file]
}

// applied is what a kustomization makes of an object.
type applied struct {
	// through are the kustomizations that the object comes through, the last one included; none if it is not among the resources.
	through []*kustomization
	// names are the documents that are laid over the values of the object, and version is that of the chart, if it is changed.
	names   []string
	version string
	// isRenamed says that the object has another name, and isOpaque, that it is changed in a way that is not followed.
	isRenamed, isOpaque bool
	// isOwn says that the last kustomization changes the object itself.
	isOwn bool
}

// apply returns what a kustomization makes of an object that installs a chart. What another one makes of it that is among the resources comes first. known has what
// others make of it: nothing does one that takes itself.
func (e *essReleases) apply(k *kustomization, at essPlace, known map[*kustomization]applied) applied {
	if made, is := known[k]; is {
		return made
	}
	known[k] = applied{}
	var made applied
	isReached := false
	for _, resource := range k.resources {
		inside := e.kustomized.in[resource]
		isReached = isReached || resource == at.file || !isKustomization(k.file) && len(inside) == 0 && (resource == "." || strings.HasPrefix(at.file, resource+"/"))
		for _, inner := range inside {
			if found := e.apply(inner, at, known); len(found.through) > 0 && !isReached {
				made, isReached = found, true
			}
		}
	}
	if !isReached {
		return applied{}
	}
	made.names, made.through = slices.Clone(made.names), append(slices.Clone(made.through), k)
	made.isOwn = false
	e.patch(&made, k, at)
	for _, component := range k.components {
		inside := e.kustomized.in[component]
		made.isOpaque, made.isOwn = made.isOpaque || len(inside) == 0, made.isOwn || len(inside) == 0
		for _, inner := range inside {
			e.patch(&made, inner, at)
		}
	}
	made.isRenamed = made.isRenamed || k.renames
	known[k] = made
	return made
}

// patch adds what the patches of a kustomization make of an object.
func (e *essReleases) patch(made *applied, k *kustomization, at essPlace) {
	made.isOpaque, made.isOwn = made.isOpaque || k.isOpaque, made.isOwn || k.isOpaque
	for _, p := range k.patches {
		if hits := slices.ContainsFunc(at.object.behind(), func(o essObject) bool { return e.changes(p, o, made.isRenamed) }); hits {
			made.isOpaque, made.isOwn = true, true
		}
		if p.isOpaque {
			hits := p.target.selects(at.object, made.isRenamed)
			made.isOpaque, made.isOwn = made.isOpaque || hits, made.isOwn || hits
			continue
		}
		number := 0
		for _, patch := range e.places {
			if patch.file != p.file || patch.object.kind != at.object.kind {
				continue
			}
			number++
			target := p.target
			if target == nil {
				target = &essTarget{name: regexp.QuoteMeta(patch.object.name), namespace: regexp.QuoteMeta(patch.object.namespace)}
			}
			if p.number > 0 && p.number != number || !target.selects(at.object, made.isRenamed) {
				continue
			}
			made.isOwn = true
			switch {
			case patch.object.kind != "HelmRelease" || len(patch.object.below) > 0: // a text, or a list: it stands in the place of the other
				made.isOpaque = true
			case patch.values != "" && !slices.Contains(made.names, patch.values):
				made.names = append(made.names, patch.values)
			}
			if patch.object.version != "" {
				made.version = patch.object.version
			}
		}
	}
}

// behind returns the ConfigMaps that the object takes values from.
func (o essObject) behind() []essObject {
	var objects []essObject
	for _, ref := range o.below {
		if ref.kind == "ConfigMap" {
			objects = append(objects, essObject{kind: ref.kind, namespace: ref.namespace, name: ref.name})
		}
	}
	return objects
}

// changes reports whether a patch changes an object that has values for a chart.
func (e *essReleases) changes(p essPatch, o essObject, isRenamed bool) bool {
	if p.isOpaque || p.target != nil {
		return p.target.selects(o, isRenamed)
	}
	return slices.ContainsFunc(e.places, func(patch essPlace) bool {
		return patch.file == p.file && patch.object.kind == o.kind && patch.object.name == o.name
	})
}

// overlay adds the releases that kustomizations make of an object that installs a chart. What another one changes is not known by itself. It reports whether
// the object alone is no release: a kustomization that changes it takes its very file.
func (e *essReleases) overlay(at essPlace, alone *release) (isPart bool) {
	base := *alone
	made, known := map[*kustomization]*release{}, map[*kustomization]applied{}
	for _, k := range e.kustomized.all {
		one := e.apply(k, at, known)
		if !one.isOwn {
			continue
		}
		over := &release{object: base.object, dir: path.Dir(k.file), names: slices.Concat(base.names, one.names), version: base.version, veiled: base.veiled, lacks: base.lacks}
		if one.version != "" {
			over.version, over.isVersion = one.version, true
		}
		if one.isOpaque {
			over.veil()
		}
		isPart = isPart || slices.Contains(k.resources, at.file)
		alone.veil()
		if len(over.names) == 0 {
			continue
		}
		made[k] = over
		e.all = append(e.all, over)
		for _, name := range over.names {
			e.taken[name] = true
		}
	}
	for _, k := range e.kustomized.all {
		for _, inner := range e.apply(k, at, known).through {
			if made[k] != nil && made[inner] != nil && inner != k {
				made[inner].veil()
			}
		}
	}
	return isPart
}

// veil says of a release that something which is not seen may change all of it.
func (s *release) veil() { s.veiled, s.lacks = len(s.names), true }
