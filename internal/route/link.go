package route

import (
	"path"
	"slices"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Link fills in the proxy and the routes of deployments that lie side by side, and whose services are related.
func Link(deployments ...*model.Deployment) {
	var all []string
	for _, d := range deployments {
		for _, s := range d.Services {
			all = append(all, s.Product)
		}
	}
	l := NewLinker(func(products ...string) bool {
		return slices.ContainsFunc(products, func(product string) bool { return slices.Contains(all, product) })
	})
	waiting := slices.DeleteFunc(slices.Clone(deployments), l.Link)
	l.SawAll()
	for _, d := range waiting {
		l.Link(d)
	}
}

func runs(d *model.Deployment, products ...string) bool {
	return slices.ContainsFunc(d.Services, func(s *model.Service) bool { return slices.Contains(products, s.Product) })
}

// Linker links deployments that lie side by side one after another: one Traefik is the proxy of all that have none of their own. Without any, a Caddy
// or an nginx may be that.
type Linker struct {
	mayRun func(products ...string) bool
	// traefiks and fronts are the deployments with a Traefik, or with a Caddy or an nginx as their proxy, two at most.
	traefiks, fronts []*model.Deployment
}

// NewLinker returns a linker of deployments. mayRun reports whether one of them may run one of the products.
func NewLinker(mayRun func(products ...string) bool) *Linker { return &Linker{mayRun: mayRun} }

// Link fills in the proxy and the routes of a deployment. It reports false if that depends on others that the linker did not see yet.
func (l *Linker) Link(d *model.Deployment) bool {
	d.Proxy, d.Routes = nil, nil
	switch {
	case runs(d, "traefik"):
		if !isVariant(d) {
			l.traefiks = with(l.traefiks, d)
		}
		link(d, d)
	case (len(l.traefiks) > 0 || l.mayRun("traefik")) && !isForTraefik(d) && linkOwnSite(d):
		l.fronts = with(l.fronts, d)
	case len(l.traefiks) > 1:
		link(d, nil) // which one it is behind cannot be told
	case l.mayRun("traefik"):
		l.Meet(d)
		return false
	case len(l.traefiks) == 0:
		if !l.linkSite(d) {
			return false
		}
	case isBehindAnother(d, l.traefiks[0]), isOtherWay(d, l.traefiks[0]):
		link(d, nil)
	default:
		link(d, l.traefiks[0])
	}
	linkStandIns(d)
	return true
}

// SawAll tells the linker that it saw all deployments.
func (l *Linker) SawAll() { l.mayRun = func(...string) bool { return false } }

// Needs reports whether the linker needs a deployment to link others.
func (l *Linker) Needs(d *model.Deployment) bool {
	return slices.Contains(l.traefiks, d) || slices.Contains(l.fronts, d)
}

// with adds a deployment to a list of two at most.
func with(list []*model.Deployment, d *model.Deployment) []*model.Deployment {
	if len(list) > 1 || slices.Contains(list, d) {
		return list
	}
	return append(list, d)
}

// Meet tells the linker of a deployment that is linked later: its proxy may be in front of others.
func (l *Linker) Meet(d *model.Deployment) {
	switch {
	case runs(d, "traefik") && isVariant(d):
	case runs(d, "traefik"):
		l.traefiks = with(l.traefiks, d)
	case runs(d, "caddy", "nginx"):
		l.linkOwn(d)
		d.Proxy, d.Routes = nil, nil
	}
}

// linkOwn fills in the routes of a deployment that its own proxy is in front of, where no Traefik is.
func (l *Linker) linkOwn(d *model.Deployment) {
	link(d, d)
	if d.Proxy == nil {
		linkCaddy(d, d)
	}
	if d.Proxy == nil {
		linkNginx(d, d)
	}
	if d.Proxy != nil && d.Proxy.Home == d {
		l.fronts = with(l.fronts, d)
	}
}

// linkSite fills in the routes of a deployment where no Traefik is. If Caddy or nginx is a container of one deployment alone, it may be in front of
// the others, too. It is false if another one may have such a container.
func (l *Linker) linkSite(d *model.Deployment) bool {
	l.linkOwn(d)
	switch {
	case d.Proxy != nil || len(l.fronts) > 1:
		return true
	case l.mayRun("caddy", "nginx"):
		return false
	case len(l.fronts) == 0:
		return true
	}
	linkCaddy(d, l.fronts[0])
	if d.Proxy == nil {
		linkNginx(d, l.fronts[0])
	}
	if !sharesNetwork(d) {
		d.Proxy, d.Routes = nil, nil
	}
	return true
}

// isVariant reports whether a compose file of the deployment is laid over the main one, which is a deployment, too.
func isVariant(d *model.Deployment) bool {
	return slices.ContainsFunc(d.Documents, func(doc *model.Document) bool { return doc.Overlay })
}

// isOtherWay reports whether two deployments are two ways to run the same: compose files of one folder with a service of one name.
func isOtherWay(d, other *model.Deployment) bool {
	return d != other && slices.ContainsFunc(d.Services, func(s *model.Service) bool {
		return slices.ContainsFunc(other.Services, func(o *model.Service) bool {
			return s.Name == o.Name && path.Dir(s.Position.File) == path.Dir(o.Position.File)
		})
	})
}

// isForTraefik reports whether a service has labels for Traefik.
func isForTraefik(d *model.Deployment) bool {
	return slices.ContainsFunc(d.Services, func(s *model.Service) bool { return len(Labels(s)) > 0 })
}

// linkOwnSite fills in the routes of a deployment that has a Caddy or nginx of its own with ports of the host, and reports whether that leads anywhere: a
// Traefik beside it is in front of others.
func linkOwnSite(d *model.Deployment) bool {
	if !runs(d, "caddy", "nginx") {
		return false
	}
	linkCaddy(d, d)
	if d.Proxy == nil {
		linkNginx(d, d)
	}
	if d.Proxy != nil && d.Proxy.Home == d && d.Proxy.Service != nil && len(d.Routes) > 0 &&
		(d.Proxy.Service.Node.Get("ports").IsSet() || d.Proxy.Service.Node.Get("network_mode").Is("host")) {
		return true
	}
	d.Proxy, d.Routes = nil, nil
	return false
}
