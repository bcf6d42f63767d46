package read

import (
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// essFolders returns the files of values for Element's chart by their folder, in sets that Helm lays over each other: those that a command of the tree names
// together, and of the others those of which none contradicts another. What contradicts is for another server.
func (r *reader) essFolders() map[string][][]string {
	files := map[string][]string{}
	for _, name := range r.names {
		if r.files[name].is(model.KindESS) {
			files[path.Dir(name)] = append(files[path.Dir(name)], name)
		}
	}
	folders := map[string][][]string{}
	for dir, names := range files {
		if len(names) == 1 {
			folders[dir] = [][]string{names}
			continue
		}
		sets := r.laidByHelm(names)
		for _, name := range names {
			if slices.ContainsFunc(sets, func(set []string) bool { return slices.Contains(set, name) }) {
				continue
			}
			i := slices.IndexFunc(sets, func(set []string) bool {
				return !slices.ContainsFunc(set, func(other string) bool { return r.contradict(name, other) })
			})
			if i < 0 {
				sets = append(sets, []string{name})
			} else {
				sets[i] = append(sets[i], name)
			}
		}
		folders[dir] = sets
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
