package route

import (
	"maps"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Clash is a name that two containers give to different things, of which Traefik then takes neither.
type Clash struct {
	Kind, Name    string // "router", "service" or "middleware"
	First, Second *model.Service
	At, FirstAt   diag.Position
}

// Clashes returns the names that containers of the deployment define differently. Definitions with values that are not known are left out, and
// so are containers that do not always start.
func (all *Definitions) Clashes() []Clash {
	services := all.deployment.Services
	trees := make([]*model.Node, len(services))
	for i, s := range services {
		if !s.Inactive && !Label(s, "traefik.enable").Is("false") {
			trees[i] = all.linker.labels(s)
		}
	}
	var clashes []Clash
	for _, kind := range []string{"router", "service", "middleware"} {
		type definition struct {
			owner *model.Service
			field model.Field
		}
		seen := map[string]definition{}
		for i, s := range services {
			section := get(trees[i], "http", kind+"s")
			if section == nil {
				continue
			}
			for _, f := range section.Fields {
				first, found := seen[strings.ToLower(f.Key)]
				if !found {
					seen[strings.ToLower(f.Key)] = definition{s, f}
					continue
				}
				if differ(kind, first.field.Value, f.Value) {
					clashes = append(clashes, Clash{kind, f.Key, first.owner, s, f.Position, first.field.Position})
				}
			}
		}
	}
	return clashes
}

// differ reports whether two definitions differ for sure. Servers of one service are merged.
func differ(kind string, a, b *model.Node) bool {
	first, second := flatten(a), flatten(b)
	for _, flat := range []map[string]*model.Node{first, second} {
		for _, n := range flat {
			if n.Unknown {
				return false
			}
		}
	}
	leaves := func(flat map[string]*model.Node) map[string]string {
		texts := map[string]string{}
		for name, n := range flat {
			if kind != "service" || !strings.HasPrefix(name, "loadbalancer.server.") {
				texts[name] = n.Text
			}
		}
		return texts
	}
	one, other := leaves(first), leaves(second)
	return !maps.Equal(one, other)
}
