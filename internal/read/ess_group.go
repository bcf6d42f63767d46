package read

import (
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// essFolders returns the releases of Element's chart by their folder: one for each object that installs it, and of other files with values those that a command of
// the tree names together, and those of which none contradicts another. What contradicts is for another server.
func (r *reader) essFolders() map[string][]*release {
	r.parts = map[string]*model.Document{}
	defer func() { r.parts = nil }()
	e := &essReleases{reader: r, places: r.essPlaces(), taken: map[string]bool{}}
	if len(e.places) > 0 {
		e.kustomized = newKustomized(r.kustomizations())
	}
	e.installed()
	folders := map[string][]*release{}
	for _, found := range e.all {
		folders[found.dir] = append(folders[found.dir], found)
	}
	for dir, names := range e.loose() {
		var sets []*release
		if beside := folders[dir]; len(beside) == 1 && len(beside[0].object.below) == 0 { // for those who install the same by hand
			sets, folders[dir] = beside, nil
		}
		for _, set := range r.laidByHelm(names) {
			sets = append(sets, &release{dir: dir, names: set})
		}
		for _, name := range names {
			if slices.ContainsFunc(sets, func(set *release) bool { return slices.Contains(set.names, name) }) {
				continue
			}
			i := slices.IndexFunc(sets, func(set *release) bool {
				return !slices.ContainsFunc(set.names, func(other string) bool { return r.contradict(name, other) })
			})
			if i < 0 {
				sets = append(sets, &release{dir: dir, names: []string{name}})
			} else {
				sets[i].names = append(sets[i].names, name)
			}
		}
		folders[dir] = append(folders[dir], sets...)
	}
	return folders
}

// settleCharts takes back that the values of a chart of one's own are for Element's, unless that is what it depends on.
func (r *reader) settleCharts() {
	for name, f := range r.files {
		if !f.is(model.KindESS) {
			continue
		}
		chart := path.Join(path.Dir(name), "Chart.yaml")
		if _, exists := r.sizes[chart]; exists && !strings.Contains(r.text(chart), "ess-helm") {
			f.settle(model.KindOther)
		}
	}
}

// isPacked reports whether Kustomize puts a file of values into a ConfigMap or a Secret: then Flux may fill in variables in it.
func (r *reader) isPacked(name string) bool {
	name, _ = r.partOf(name)
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		for _, file := range []string{"kustomization.yaml", "kustomization.yml"} {
			if _, exists := r.sizes[path.Join(dir, file)]; exists && strings.Contains(r.text(path.Join(dir, file)), path.Base(name)) {
				return true
			}
		}
		if dir == "." {
			return false
		}
	}
}

// laidByHelm returns the files of a folder that commands of the tree give Helm together, in their order. A name stands for the file of that name here.
func (r *reader) laidByHelm(names []string) [][]string {
	var sets [][]string
	for _, script := range r.names {
		if r.sizes[script] > maxSmall || !mayCallCompose(script) {
			continue
		}
		text, _ := r.content(script, maxSmall)
		for line := range strings.Lines(strings.ReplaceAll(string(text), "\\\n", " ")) {
			words, _ := model.SplitWords(line)
			if !strings.Contains(line, "helm") {
				continue
			}
			var set []string
			for _, value := range model.OptionValues(words, "-f", "--values") {
				i := slices.IndexFunc(names, func(name string) bool { return path.Base(name) == path.Base(value) })
				if i >= 0 && !slices.Contains(set, names[i]) {
					set = append(set, names[i])
				}
			}
			if len(set) > 1 && !slices.ContainsFunc(sets, func(other []string) bool { return slices.Equal(set, other) }) {
				sets = append(sets, set)
			}
		}
	}
	return sets
}

// contradict reports whether two files of values say something else of the same.
func (r *reader) contradict(a, b string) bool {
	one, other := r.document(a), r.document(b)
	return one == nil || other == nil || contradicts(one.Root, other.Root)
}

func contradicts(a, b *model.Node) bool {
	if a.Kind != model.Map || b.Kind != model.Map {
		return a.Kind != b.Kind || model.Compare(a, b) == model.No
	}
	return slices.ContainsFunc(a.Fields, func(f model.Field) bool {
		other := b.Get(f.Key)
		return other != nil && contradicts(f.Value, other)
	})
}
