package route

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Definitions are the names that labels and files define for Traefik.
type Definitions struct {
	deployment *model.Deployment
	linker     *linker
	names      map[string][]string // by section and provider: services@docker
	// filesWhole says that there can be no other files.
	filesWhole bool
}

// NewDefinitions reads the names of services and middlewares in the labels and files of a deployment, and beside its proxy.
func NewDefinitions(d *model.Deployment) *Definitions {
	l := &linker{deployment: d, proxy: d.Proxy}
	all := &Definitions{deployment: d, linker: l, names: map[string][]string{}}
	if d.Proxy == nil || d.Proxy.Kind != "traefik" {
		return all
	}
	l.readTrees()
	if d.Proxy.Home != nil && d.Proxy.Home != d {
		for _, s := range d.Proxy.Home.Services {
			l.trees = append(l.trees, tree{root: l.labels(s), provider: "docker", owner: s})
		}
	}
	for _, t := range l.trees {
		for _, section := range []string{"services", "middlewares"} {
			if found := get(t.root, "http", section); found != nil {
				for _, f := range found.Fields {
					all.names[section+"@"+t.provider] = append(all.names[section+"@"+t.provider], f.Key)
				}
			}
		}
	}
	rendered := slices.ContainsFunc(l.documents(), func(doc *model.Document) bool {
		return doc.Kind == model.KindTraefikDynamic && (doc.Template || doc.Excerpt)
	})
	all.filesWhole = !rendered && !d.Proxy.Partial && Has(d.Proxy.Static, "providers.file")
	return all
}

// Names returns the names of a section ("services" or "middlewares") that a provider ("docker" or "file") has.
func (all *Definitions) Names(section, provider string) []string {
	return all.names[section+"@"+provider]
}

// Lacks reports whether nothing defines what a router of the provider names. A container without labels for a service has one of its own,
// whose name is that in Compose, a dash and the project's.
func (all *Definitions) Lacks(section, name, provider string) bool {
	name, provider = split(name, provider)
	if provider != "docker" && (provider != "file" || !all.filesWhole) {
		return false
	}
	if slices.ContainsFunc(all.Names(section, provider), func(defined string) bool {
		return strings.EqualFold(defined, name) || strings.Contains(defined, "${")
	}) {
		return false
	}
	return provider == "file" ||
		!slices.ContainsFunc(all.deployment.Services, func(s *model.Service) bool { return strings.HasPrefix(name, s.Name+"-") })
}
