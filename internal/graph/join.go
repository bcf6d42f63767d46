package graph

import (
	"slices"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/internal/route"
)

// Pictures returns what to draw of deployments that lie side by side, each picture's parts: one picture if they are one server in several folders.
// Templates of others are left out.
func Pictures(deployments []*model.Deployment) [][]*model.Deployment {
	deployments = withoutTemplates(slices.DeleteFunc(slices.Clone(deployments), func(d *model.Deployment) bool { return Of(d).Empty() }))
	if route.AreTogether(deployments) {
		return [][]*model.Deployment{deployments}
	}
	var each [][]*model.Deployment
	for _, d := range deployments {
		each = append(each, []*model.Deployment{d})
	}
	return each
}

// withoutTemplates leaves out the deployments that are rendered first: their configurations are templates, and another one has their services, or
// they have none. What is rendered is drawn.
func withoutTemplates(deployments []*model.Deployment) []*model.Deployment {
	var rendered []*model.Deployment
	for _, d := range deployments {
		if !isTemplate(d) || !slices.ContainsFunc(deployments, func(other *model.Deployment) bool { return !isTemplate(other) && hasServicesOf(other, d) }) {
			rendered = append(rendered, d)
		}
	}
	return rendered
}

// isTemplate reports whether a deployment has configurations, and all are templates.
func isTemplate(d *model.Deployment) bool {
	found := false
	for _, doc := range d.Documents {
		if slices.Contains([]model.DocumentKind{model.KindSynapse, model.KindMAS, model.KindElement}, doc.Kind) {
			if !doc.Template && !holdsPlaceholder(doc.Root) {
				return false
			}
			found = true
		}
	}
	return found
}

// holdsPlaceholder reports whether something is put into a tree before a service can read it.
func holdsPlaceholder(n *model.Node) bool {
	return n != nil && (placeholder.Rendered(n.Text) || slices.ContainsFunc(n.Items, holdsPlaceholder) ||
		slices.ContainsFunc(n.Fields, func(f model.Field) bool { return holdsPlaceholder(f.Value) }))
}

// hasServicesOf reports whether a deployment has a service of each product that another one has.
func hasServicesOf(d, other *model.Deployment) bool {
	return len(d.Services) > 0 && !slices.ContainsFunc(other.Services, func(s *model.Service) bool { return s.Product != "" && len(d.Of(s.Product)) == 0 })
}

// part returns the deployment that a service is of.
func (b *builder) part(s *model.Service) *model.Deployment {
	for _, d := range b.parts {
		if slices.Contains(d.Services, s) {
			return d
		}
	}
	return b.deployment
}

// serviceAt returns the service that another one reaches under the name of a host, or nil. Without another one, it is any that has the name. What is in
// its own folder counts first; elsewhere a shared network may have it.
func (b *builder) serviceAt(from *model.Service, host string) *model.Service {
	parts := b.parts
	if from != nil {
		own := b.part(from)
		reach, found := container.Answering(own, from, host)
		if len(found) > 0 {
			return found[0]
		}
		if reach != container.ReachUnknown {
			parts = slices.DeleteFunc(slices.Clone(parts), func(d *model.Deployment) bool { return d == own })
		}
	}
	for _, d := range parts {
		if s := d.ServiceAt(host); s != nil {
			return s
		}
	}
	return nil
}

// named returns the node of the service that the one of another node reaches under a name, or "".
func (b *builder) named(from, host string) string {
	if s := b.serviceAt(b.serviceOf(from), host); s != nil {
		return b.serviceID(s)
	}
	return ""
}

// serviceID returns the ID of the node of a service: by its name, and where several folders have one of that name, by the folder.
func (b *builder) serviceID(s *model.Service) string {
	for _, other := range b.deployment.Services {
		if other != s && other.Name == s.Name {
			return "service " + b.part(s).Name + "/" + s.Name
		}
	}
	return "service " + s.Name
}

// serviceOf returns the service of a node, or nil.
func (b *builder) serviceOf(id string) *model.Service {
	for _, s := range b.deployment.Services {
		if b.serviceID(s) == id {
			return s
		}
	}
	return nil
}
