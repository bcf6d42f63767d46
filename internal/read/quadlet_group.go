package read

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// unitFolders returns the units of Podman by the folder that is for all of a deployment: their own, or, where units of several folders name each
// other, the nearest above these. A folder that starts no container is none.
func (r *reader) unitFolders() map[string][]string {
	inside := map[string][]string{}
	var units []string
	for _, name := range r.names {
		if r.files[name].is(model.KindQuadlet) {
			inside[unitFolder(name)] = append(inside[unitFolder(name)], name)
			units = append(units, name)
		}
	}
	home := map[string]string{}
	for dir := range inside {
		home[dir] = dir
	}
	for range inside { // what one folder needs may need a third
		for _, name := range units {
			for _, used := range r.files[name].uses {
				if other := r.unitNear(name, used, units); other != "" {
					moveTogether(home, unitFolder(name), unitFolder(other))
				}
			}
		}
	}
	found := map[string][]string{}
	for _, name := range units {
		at := home[unitFolder(name)]
		found[at] = append(found[at], name)
	}
	for at, names := range found {
		if !slices.ContainsFunc(names, runsSomething) {
			delete(found, at)
		}
	}
	return found
}

// unitNear returns the unit of a name that another one means: in its own folder none has to be looked for, and of several elsewhere none can be told.
func (r *reader) unitNear(from, name string, units []string) string {
	near := ""
	for _, unit := range units {
		switch {
		case unitName(unit) != name:
		case path.Dir(unit) == unitFolder(from), near != "":
			return ""
		default:
			near = unit
		}
	}
	return near
}

// moveTogether gives two folders, and those that are joined with them, one home.
func moveTogether(home map[string]string, a, b string) {
	from, to := home[a], home[b]
	if from == to {
		return
	}
	above := commonFolder(from, to)
	for dir, at := range home {
		if at == from || at == to {
			home[dir] = above
		}
	}
}

// commonFolder returns the nearest folder above two, or one of them.
func commonFolder(a, b string) string {
	for ; a != "." && a != b && !strings.HasPrefix(b, a+"/"); a = path.Dir(a) {
	}
	return a
}

// namedUnits returns the names of the other units that a unit names.
func namedUnits(doc *model.Document) []string {
	var names []string
	for section, keys := range map[string][]string{"Container": {"Image", "Network", "Pod", "Volume"}, "Pod": {"Network", "Volume"}, "Kube": {"Network"}} {
		for _, key := range keys {
			for _, value := range doc.Root.At(section, key).Entered() {
				name, _, _ := strings.Cut(value.Text, ":")
				if unitEndings()[path.Ext(name)] != "" && !strings.Contains(name, "/") {
					names = append(names, name)
				}
			}
		}
	}
	slices.Sort(names)
	return names
}

// unitRuns returns the product that a unit may run.
func unitRuns(doc *model.Document) []string {
	values := doc.Root.At("Container", "Image").Entered()
	if unitEnding(doc.Name) == ".kube" {
		return []string{""} // what stands in the file that it names
	}
	if len(values) == 0 {
		return nil
	}
	n := values[len(values)-1]
	if !isPlain(n) || unitEndings()[path.Ext(n.Text)] != "" {
		return []string{""}
	}
	return []string{cmp.Or(product(image(n)), "other")}
}
