// Package route reads what Traefik makes of labels and files: routes, where they lead, and what is wrong with them. Rules are parsed by
// Traefik's own parser, which is behind this door. It knows no lint rule. Where there is no Traefik, a Caddyfile or the configuration of nginx is
// read; what of it is not modelled makes unknown what it may take. Other proxies are not modelled: where one is seen, the list of routes is not
// whole.
package route

import (
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// isBehindAnother reports whether services that Traefik is to find are on networks that all projects may be on, and the Traefik of another
// project is on none of these, nor on another of theirs.
func isBehindAnother(d, home *model.Deployment) bool {
	traefik := home.Of("traefik")[0]
	if traefik.Node.Get("network_mode") != nil {
		return false
	}
	shared := false
	for _, s := range d.Services {
		if len(Labels(s)) == 0 || s.Node.Get("network_mode") != nil {
			continue
		}
		for _, own := range s.Networks {
			network := d.Networks[own.Network]
			shared = shared || network.Shared && network.Name != ""
			for _, other := range traefik.Networks {
				if mayBeSame(own.Network, other.Network, network, home.Networks[other.Network]) {
					return false
				}
			}
		}
	}
	return shared
}

// mayBeSame reports whether networks of two projects may be one. The real name of a project's own begins with the project's.
func mayBeSame(key, otherKey string, a, b model.Network) bool {
	switch {
	case a.Shared && a.Name == "", b.Shared && b.Name == "":
		return true
	case a.Shared && b.Shared:
		return a.Name == b.Name
	case a.Shared:
		return strings.HasSuffix(a.Name, "_"+otherKey)
	case b.Shared:
		return strings.HasSuffix(b.Name, "_"+key)
	}
	return false
}

// sharesNetwork reports whether a proxy of another deployment is on a network with a name of its own that a service of this one is on. What has
// the same names in two projects may be two variants of one.
func sharesNetwork(d *model.Deployment) bool {
	if d.Proxy == nil || d.Proxy.Service == nil || d.Proxy.Service.Inactive {
		return false
	}
	var names []string
	for _, a := range d.Proxy.Service.Networks {
		if network := d.Proxy.Home.Networks[a.Network]; network.Name != "" {
			names = append(names, network.Name)
		}
	}
	return slices.ContainsFunc(d.Services, func(s *model.Service) bool {
		return slices.ContainsFunc(s.Networks, func(a model.Attachment) bool { return slices.Contains(names, d.Networks[a.Network].Name) })
	})
}

// link fills in the proxy and the routes of one deployment, with the proxy in another or in the same.
func link(d, home *model.Deployment) {
	d.Proxy, d.Routes = nil, nil
	l := &linker{deployment: d, proxy: &model.Proxy{Kind: "traefik"}}
	if home != nil {
		if services := home.Of("traefik"); len(services) > 0 {
			l.proxy.Service, l.proxy.Home = services[0], home
		}
		l.proxy.Static = staticConfiguration(home, l.proxy.Service)
	}
	l.readTrees()
	for _, t := range l.trees {
		l.readRoutes(t)
	}
	if len(l.routes) == 0 && (l.proxy.Service == nil || home != d) && (l.proxy.Static == nil || home != d) {
		return
	}
	l.proxy.Partial = l.partial()
	l.proxy.EntryPoint = l.mainEntryPoint()
	for i := range l.routes {
		l.routes[i].Serves = l.serves(&l.routes[i])
	}
	d.Proxy, d.Routes = l.proxy, l.routes
}

// linker collects the routes of one deployment.
type linker struct {
	deployment *model.Deployment
	proxy      *model.Proxy
	trees      []tree
	routes     []model.Route
	labelled   map[*model.Service]*model.Node // the trees of labels that were asked for
}

// tree is one source of dynamic configuration: the labels of a container, or a file.
type tree struct {
	root     *model.Node
	provider string
	owner    *model.Service
}

// readTrees collects the labels of the containers that Traefik looks at, and the dynamic documents.
func (l *linker) readTrees() {
	for _, s := range l.deployment.Services {
		if !l.exposed(s) || s.Node.Get("network_mode").Is("none") {
			continue
		}
		if root := l.labels(s); len(root.Fields) > 0 {
			l.trees = append(l.trees, tree{root: root, provider: "docker", owner: s})
		}
	}
	for _, doc := range l.documents() {
		if doc.Kind == model.KindTraefikDynamic && doc.Root != nil {
			l.trees = append(l.trees, tree{root: doc.Root, provider: "file"})
		}
	}
}

// labels returns what the labels of a service say as the tree that a file would have. It is made once.
func (l *linker) labels(s *model.Service) *model.Node {
	root := l.labelled[s]
	if root == nil {
		root = labelTree(Labels(s))
		if l.labelled == nil {
			l.labelled = map[*model.Service]*model.Node{}
		}
		l.labelled[s] = root
	}
	return root
}

// documents returns the documents of the deployment, and those beside the proxy.
func (l *linker) documents() []*model.Document {
	if l.proxy.Home == nil || l.proxy.Home == l.deployment {
		return l.deployment.Documents
	}
	return slices.Concat(l.deployment.Documents, l.proxy.Home.Documents)
}

// Labels returns the labels of a service that Traefik reads: those of the container, and those of Swarm.
func Labels(s *model.Service) []model.Variable {
	labels := slices.Clip(s.Labels) // whoever appends has a copy
	if deploy := s.Node.At("deploy", "labels"); deploy != nil {
		for _, f := range deploy.Fields {
			labels = append(labels, model.Variable{Name: f.Key, Value: f.Value, Position: f.Position})
		}
		for _, item := range deploy.Items {
			if name, value, found := strings.Cut(item.Text, "="); found {
				node := *item
				node.Text = value
				labels = append(labels, model.Variable{Name: name, Value: &node, Position: item.Position})
			}
		}
	}
	return labels
}

// Label returns the value of a label of Traefik in whatever case, or nil.
func Label(s *model.Service, name string) *model.Node {
	var value *model.Node
	for _, v := range Labels(s) {
		if strings.EqualFold(v.Name, name) {
			value = v.Value
		}
	}
	return value
}

// exposed reports whether Traefik looks at a container.
func (l *linker) exposed(s *model.Service) bool {
	enable := Label(s, "traefik.enable")
	if text, known := enable.Literal(); known {
		return strings.EqualFold(text, "true") || text == "1"
	}
	byDefault, _ := l.proxy.Static["providers.docker.exposedbydefault"].Literal()
	return enable != nil || byDefault != "false"
}

// readRoutes adds the routers of one tree.
func (l *linker) readRoutes(t tree) {
	routers := get(t.root, "http", "routers")
	if routers == nil {
		return
	}
	for _, f := range routers.Fields {
		n := f.Value
		r := model.Route{Name: f.Key, Provider: t.provider, Owner: t.owner, Rule: get(n, "rule"), Position: f.Position, Node: n}
		r.EntryPoints = texts(get(n, "entrypoints"))
		r.TLS = hasSection(get(n, "tls"))
		l.setRule(&r, n)
		l.setPriority(&r, get(n, "priority"))
		target := get(n, "service")
		if target != nil {
			r.Target = target.Text
		}
		if target == nil || !target.Unknown {
			r.Backends, r.Resolved = l.backends(t, r.Target, 0)
		}
		r.Middlewares = l.entryMiddlewares(t, PointsOf(l.proxy, r.EntryPoints))
		for _, name := range texts(get(n, "middlewares")) {
			r.Middlewares = append(r.Middlewares, l.middlewares(t, name, get(n, "middlewares"), 0)...)
		}
		l.routes = append(l.routes, r)
	}
}

// PointsOf returns the entry points that a router is on: those that it names, or else all but the one of the API.
func PointsOf(proxy *model.Proxy, named []string) []string {
	if len(named) > 0 {
		return named
	}
	return slices.DeleteFunc(EntryPoints(proxy), func(name string) bool { return name == "traefik" })
}

// entryMiddlewares returns the middlewares that all routers of an entry point have before their own, as far as they are visible: one that is not says nothing of the
// routers, and would hide what is known of all of them. A router on several entry points has those that are on each.
func (l *linker) entryMiddlewares(t tree, points []string) []model.Middleware {
	var shared []model.Middleware
	for i, point := range points {
		var own []model.Middleware
		list := l.proxy.Static["entrypoints."+strings.ToLower(point)+".http.middlewares"]
		for _, name := range texts(list) {
			for _, m := range l.middlewares(t, name, list, 0) {
				if m.Defined && strings.Contains(name, "@") {
					own = append(own, m)
				}
			}
		}
		if i == 0 {
			shared = own
			continue
		}
		shared = slices.DeleteFunc(shared, func(m model.Middleware) bool {
			return !slices.ContainsFunc(own, func(o model.Middleware) bool { return o.Position == m.Position })
		})
	}
	return shared
}

// hasSection reports whether a section is there. As a label it may have a value of its own: every other one than true leaves it out.
func hasSection(n *model.Node) bool {
	return n != nil && (n.Unknown || n.Text == "" || strings.EqualFold(n.Text, "true"))
}

// setRule sets what the route matches. The default rule names the container, unless the proxy has another.
func (l *linker) setRule(r *model.Route, n *model.Node) {
	r.Priority = length(r.Rule)
	switch {
	case r.Rule == nil && r.Provider == "docker" && l.proxy.Static["providers.docker.defaultrule"] == nil:
		r.Matcher = never{}
	case r.Rule == nil:
		r.Matcher, r.Priority.Unknown = opaque{}, true
	case l.before(3) || get(n, "rulesyntax").Is("v2"):
		r.Matcher = opaque{}
		_, own := placeholder.References(r.Rule.Text)
		if m, err := parse(r.Rule.Text); err == nil && !template().MatchString(own) {
			m.unknown = r.Rule.Unknown
			r.Matcher = m
		}
	default:
		r.Matcher = matcher(r.Rule)
	}
}

// setPriority sets the priority if one is given; 0 is none.
func (l *linker) setPriority(r *model.Route, n *model.Node) {
	if n == nil || n.Is("0") {
		return
	}
	text, known := n.Literal()
	least, err := strconv.Atoi(text)
	r.Priority = model.Priority{Least: least, Given: n, Unknown: !known || err != nil}
}

func (l *linker) before(major int) bool {
	v := l.proxy.Version()
	return v.Known() && v.Major() < major
}

// mainEntryPoint returns the entry point that clients are served on: the one with the most routes, of those that have TLS if there are any.
func (l *linker) mainEntryPoint() string {
	count := map[string]int{}
	best := ""
	for _, secure := range []bool{true, false} {
		for _, r := range l.routes {
			for _, name := range r.EntryPoints {
				if secure && !r.TLS && l.proxy.Static["entrypoints."+strings.ToLower(name)+".http.tls"] == nil || redirects(&r) {
					continue
				}
				count[name]++
				if best == "" || count[name] > count[best] {
					best = name
				}
			}
		}
		if best != "" {
			break
		}
	}
	return best
}

// serves reports whether a route may answer requests by HTTPS on the main entry point.
func (l *linker) serves(r *model.Route) bool {
	if len(r.EntryPoints) > 0 && l.proxy.EntryPoint != "" && !slices.ContainsFunc(r.EntryPoints, func(name string) bool {
		return strings.EqualFold(name, l.proxy.EntryPoint)
	}) {
		return false
	}
	return r.TLS || !redirects(r)
}

// redirects reports whether a route only sends its requests to HTTPS.
func redirects(r *model.Route) bool {
	return !r.TLS && r.RedirectsToScheme()
}
