package read

import (
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// liesOver reports whether a compose file is one to lay over another of its folder, as docker compose -f main -f over does: its name says so, or it
// needs services that the other has, or it changes some that the other has and brings nothing of its own. Judged alone such a file lacks what the
// other has.
func liesOver(over, main *model.Document) bool {
	if path.Dir(over.Name) != path.Dir(main.Name) {
		return false
	}
	if isAlternative(over, main) {
		return false
	}
	if rest, isVariant := strings.CutPrefix(composeStem(over.Name), composeStem(main.Name)); isVariant && strings.HasPrefix(rest, ".") {
		return true
	}
	return !whole(over) || needs(over, main) || changes(over, main)
}

// isAlternative reports whether a file runs all that another one does in another way: it says anew what each service runs, mounts and reads. One to lay
// over the other would say what differs.
func isAlternative(over, main *model.Document) bool {
	services, others := over.Root.Get("services"), main.Root.Get("services")
	common := 0
	for _, f := range others.Entries() {
		own := services.Get(f.Key)
		if own == nil {
			continue
		}
		common++
		for _, key := range []string{"image", "build", "volumes", "environment", "env_file"} {
			if f.Value.Get(key) != nil && own.Get(key) == nil {
				return false
			}
		}
	}
	return common > 1 && common == len(services.Entries()) && whole(over) && !needs(over, main)
}

// composeStem returns the name of a compose file without its ending, and without what says that it is one for Docker or Podman.
func composeStem(name string) string {
	base := stripTemplate(path.Base(name))
	return strings.TrimPrefix(strings.TrimPrefix(strings.TrimSuffix(base, path.Ext(base)), "docker-"), "podman-")
}

// needs reports whether a service of one file depends on a service that only the other has.
func needs(over, main *model.Document) bool {
	services, others := over.Root.Get("services"), main.Root.Get("services")
	isFromMain := func(name string) bool { return services.Get(name) == nil && others.Get(name) != nil }
	return services != nil && slices.ContainsFunc(services.Fields, func(f model.Field) bool {
		needed := f.Value.Get("depends_on")
		return needed != nil && (slices.ContainsFunc(needed.Items, func(item *model.Node) bool { return isFromMain(item.Text) }) ||
			slices.ContainsFunc(needed.Fields, func(f model.Field) bool { return isFromMain(f.Key) }))
	})
}

// changes reports whether a file has only services that another has too, and says less of them.
func changes(over, main *model.Document) bool {
	services, others := over.Root.Get("services"), main.Root.Get("services")
	if services == nil || len(services.Fields) == 0 {
		return false
	}
	isLess := len(services.Fields) < len(others.Entries())
	for _, f := range services.Fields {
		other := others.Get(f.Key)
		if other == nil || slices.ContainsFunc(f.Value.Fields, func(g model.Field) bool { return other.Get(g.Key) == nil }) {
			return false
		}
		isLess = isLess || len(f.Value.Fields) < len(other.Fields)
	}
	return isLess
}

// changed returns the file of the folder that a file only changes, or else the file itself.
func changed(doc *model.Document, others []*model.Document) *model.Document {
	for _, other := range others {
		if other != doc && path.Dir(other.Name) == path.Dir(doc.Name) && changes(doc, other) && !changes(other, doc) {
			return other
		}
	}
	return doc
}
