package route

import (
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Ways finds out which proxies requests go through.
type Ways struct {
	front  *model.Deployment
	behind map[backendKey]*model.Deployment
}

type backendKey struct {
	service      *model.Service
	port, scheme string
}

// Step is a proxy on the way of a request.
type Step struct {
	// Deployment has the same services, with this proxy in front of them.
	Deployment *model.Deployment
	// Request is what arrives at the proxy: one before may have changed its host and its path.
	Request model.Request
	// Route is what takes it; nil if nothing does, or if that cannot be told.
	Route *model.Route
	// Backend is where it leads, if that is one place.
	Backend *model.Backend
}

// longestWay is how many proxies are followed.
const longestWay = 4

// WaysOf returns the ways into a deployment.
func WaysOf(d *model.Deployment) *Ways {
	return &Ways{front: front(d), behind: map[backendKey]*model.Deployment{}}
}

// Of returns the proxies that a request goes through, first the one that clients reach; none without a proxy. The route of the last one leads to no
// proxy, or to one of which it cannot be told what it does.
func (w *Ways) Of(r model.Request) []Step {
	var way []Step
	for d := w.front; d != nil && d.Proxy != nil && len(way) < longestWay; {
		step := Step{Deployment: d, Request: r}
		if routes, _ := d.Answering(r); len(routes) > 0 {
			step.Route = routes[0]
			if step.Route.Resolved && len(step.Route.Backends) == 1 {
				step.Backend = &step.Route.Backends[0]
			}
		}
		way = append(way, step)
		if step.Backend == nil || step.Backend.Sent == model.UnknownHost {
			break
		}
		path, known := step.Route.ArrivesAs(r.Path)
		if !known {
			break
		}
		r.Path = path
		if step.Backend.Sent != "" {
			r.Host = step.Backend.Sent
		}
		d = w.next(d, step.Backend)
	}
	return way
}

// next returns the deployment behind a backend, or nil if that is no proxy, or if it cannot be told what it does.
func (w *Ways) next(d *model.Deployment, b *model.Backend) *model.Deployment {
	port, known := b.Port.Literal()
	if b.Port == nil && b.Service != nil && b.Service.Product != "traefik" {
		port, known = "80", true // the lowest port that the images of Caddy and nginx expose
	}
	if b.Service == nil || !known || d.Proxy.Service == b.Service {
		return nil
	}
	key := backendKey{b.Service, port, b.Scheme}
	inner, done := w.behind[key]
	if !done {
		inner = deploymentBehind(d, key)
		w.behind[key] = inner
	}
	return inner
}

// front returns a deployment as clients come to it: a Traefik that has no port of the web may stand behind a Caddy or an nginx.
func front(d *model.Deployment) *model.Deployment {
	p := d.Proxy
	if p == nil || p.Kind != "traefik" || p.Home != d || p.Service == nil || publishesWeb(p.Service) || isOnHost(p.Service) {
		return d
	}
	outer := *d
	outer.Proxy, outer.Routes = nil, nil
	linkCaddy(&outer, &outer)
	if outer.Proxy == nil {
		linkNginx(&outer, &outer)
	}
	leadsOn := func(r model.Route) bool {
		return slices.ContainsFunc(r.Backends, func(b model.Backend) bool { return b.Service == p.Service })
	}
	if outer.Proxy == nil || !slices.ContainsFunc(outer.Routes, leadsOn) {
		return d
	}
	linkStandIns(&outer)
	return &outer
}

// deploymentBehind returns a deployment as another proxy finds it at a port of a container that is a proxy, too.
func deploymentBehind(d *model.Deployment, at backendKey) *model.Deployment {
	inner := *d
	inner.Proxy = nil
	switch at.service.Product {
	case "nginx":
		behindNginx(&inner, d, at)
	case "caddy":
		behindCaddy(&inner, d, at)
	case "traefik":
		behindTraefik(&inner, d, at)
	}
	if inner.Proxy == nil {
		return nil
	}
	inner.Proxy.Service, inner.Proxy.Home = at.service, d
	linkStandIns(&inner)
	return &inner
}

func behindNginx(inner, d *model.Deployment, at backendKey) {
	port, err := strconv.Atoi(at.port)
	files := containerFiles(d, at.service)
	if n := readNginx(files); err == nil && n != nil && !n.partial && !files.guessed && len(n.servers) > 0 {
		n.firstAnswers = true
		inner.Routes, inner.Proxy = n.routes(port), &model.Proxy{Kind: "nginx"}
	}
}

func behindCaddy(inner, d *model.Deployment, at backendKey) {
	doc := mountedCaddyfile(d, at.service)
	if doc == nil || doc.Template || doc.Excerpt {
		return
	}
	if c, ok := readCaddy(doc, d, at.service, at.port); ok && !c.partial && len(c.sites) > 0 {
		inner.Routes, inner.Proxy = c.routes(), &model.Proxy{Kind: "caddy"}
	}
}

// behindTraefik fills in the routers of the entry points at a port: those with TLS for HTTPS, and those without for HTTP.
func behindTraefik(inner, d *model.Deployment, at backendKey) {
	link(inner, inner)
	p := inner.Proxy
	if p == nil || p.Service != at.service || p.Static == nil || (&linker{deployment: inner, proxy: p}).hidesRoutes() {
		inner.Proxy = nil
		return
	}
	var points []string
	for _, name := range p.Names("entrypoints") {
		address, known := p.Static["entrypoints."+name+".address"].Literal()
		if known && strings.HasSuffix(strings.TrimSuffix(address, "/tcp"), ":"+at.port) {
			points = append(points, name)
		}
	}
	isDefault := func(name string) bool { return Has(p.Static, "entrypoints."+name+".asdefault") }
	saysMore := func(name string) bool { return Has(p.Static, "entrypoints."+name+".http") }
	if len(points) == 0 || slices.ContainsFunc(points, saysMore) || slices.ContainsFunc(p.Names("entrypoints"), isDefault) {
		inner.Proxy = nil // nobody listens, or more is said of all routers there than is followed
		return
	}
	for i := range inner.Routes {
		r := &inner.Routes[i]
		r.Serves = r.TLS == (at.scheme == "https") && (len(r.EntryPoints) == 0 || slices.ContainsFunc(r.EntryPoints, func(name string) bool {
			return slices.Contains(points, strings.ToLower(name))
		}))
		r.Resolved = r.Resolved && !r.RedirectsToScheme()
	}
	p.Partial = false
}
