package change

import (
	"cmp"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Around returns what a change asks of the operator outside of the documents: names that users reach come or go, the proxy of the machine has to read its
// file anew, and databases stay that nobody uses. What each of these means stands in schema/, beside what a change of an image means.
func (c *Comparer) Around(before, after *model.Deployment) []Change {
	return append(c.front(before, after), c.left(before, after)...)
}

// front returns the host names of the proxy that come or go, and the file of routes of a proxy that no service of the deployment is.
func (c *Comparer) front(before, after *model.Deployment) []Change {
	if before.Proxy == nil || after.Proxy == nil || before.Proxy.Kind != after.Proxy.Kind || len(after.Routes) == 0 {
		return nil
	}
	old, new := hostNames(before), hostNames(after)
	var changes []Change
	for _, host := range new {
		if !slices.Contains(old, host) && !saidAtLabels(after, before, host) {
			changes = append(changes, c.asked(frontKey(after), "added", hostChange(after, host, Added))...)
		}
	}
	for _, host := range old {
		if !slices.Contains(new, host) && !saidAtLabels(before, after, host) {
			changes = append(changes, c.asked(frontKey(before), "removed", hostChange(before, host, Removed))...)
		}
	}
	if doc := routesFile(after, ""); doc != nil && after.Proxy.Service == nil {
		if was := before.Document(doc.Name); was != nil && was.Root.Text != doc.Root.Text {
			changes = append(changes, c.asked(frontKey(after), "", Change{Document: doc.Name, Kind: Changed, Position: topOf(doc.Name)})...)
		}
	}
	return changes
}

// hostChange is the change of a host name, in the file that has its routes.
func hostChange(d *model.Deployment, host string, kind Kind) Change {
	c := Change{Setting: host, Kind: kind}
	if doc := routesFile(d, host); doc != nil {
		c.Document = doc.Name
	} else if r := routeOf(d, host); r != nil {
		c.Document = r.Position.File
	}
	c.Position = topOf(c.Document)
	return c
}

// saidAtLabels reports whether a host is told already: where a service stays, its labels say which hosts are others.
func saidAtLabels(has, other *model.Deployment, host string) bool {
	r := routeOf(has, host)
	return r != nil && r.Owner != nil && other.Service(r.Owner.Name) != nil
}

// routeOf returns the first route of a host, or nil.
func routeOf(d *model.Deployment, host string) *model.Route {
	for i, r := range d.Routes {
		if r.Matcher != nil && slices.ContainsFunc(r.Matcher.Hosts(), func(name string) bool { return strings.EqualFold(name, host) }) {
			return &d.Routes[i]
		}
	}
	return nil
}

// routesFile returns the document that tells the proxy its routes, the first that names the host; nil if there is none.
func routesFile(d *model.Deployment, host string) *model.Document {
	kinds := map[string][]model.DocumentKind{"nginx": {model.KindNginx}, "caddy": {model.KindCaddy}, "traefik": {model.KindTraefikDynamic, model.KindCompose}}
	for _, kind := range kinds[d.Proxy.Kind] {
		for _, doc := range d.Documents {
			if doc.Kind == kind && (doc.Format != model.Text || strings.Contains(doc.Root.Text, cmp.Or(host, firstHost(d)))) {
				return doc
			}
		}
	}
	return nil
}

func topOf(document string) diag.Position { return diag.Position{File: document, Line: 1, Column: 1} }

// frontKey is what schema/ calls a proxy.
func frontKey(d *model.Deployment) string {
	if d.Proxy.Service != nil && d.Proxy.Kind != "traefik" {
		return d.Proxy.Kind + "-inside"
	}
	return d.Proxy.Kind
}

// asked returns the change with the fact about it; nothing if there is none.
func (c *Comparer) asked(name, when string, change Change) []Change {
	key := c.around.Key(name)
	if key == nil {
		return nil
	}
	for _, fact := range key.Changes {
		if fact.When == when {
			change.Consequence = fact
			return []Change{change}
		}
	}
	return nil
}

// hostNames returns the host names in the order of the routes.
func hostNames(d *model.Deployment) []string {
	var names []string
	have := map[string]bool{}
	for _, r := range d.Routes {
		if r.Matcher == nil {
			continue
		}
		for _, host := range r.Matcher.Hosts() {
			if host = strings.ToLower(host); !have[host] {
				have[host] = true
				names = append(names, host)
			}
		}
	}
	return names
}

// firstHost returns the host of the first route that names one, or "".
func firstHost(d *model.Deployment) string {
	if names := hostNames(d); len(names) > 0 {
		return names[0]
	}
	return ""
}
