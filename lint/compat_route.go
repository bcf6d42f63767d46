package lint

import (
	"net/url"
	"slices"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// compatRequests are what clients without OAuth ask of the homeserver, and what MAS has to answer. Clients use these two versions.
func compatRequests(host string) []model.Request {
	var requests []model.Request
	for _, version := range []string{"v3", "r0"} {
		for _, call := range []struct{ method, path string }{
			{"GET", "login"}, {"POST", "login"}, {"GET", "login/sso/redirect"}, {"GET", "login/sso/redirect/x"},
			{"POST", "logout"}, {"POST", "logout/all"}, {"POST", "refresh"},
		} {
			requests = append(requests, model.Request{Host: host, Path: "/_matrix/client/" + version + "/" + call.path, Method: call.method})
		}
	}
	return requests
}

// homeserverHosts returns the hosts on which clients reach Synapse by the proxy: the one that Synapse says, or else those whose routes lead
// to it.
func homeserverHosts(d *model.Deployment) []string {
	if text, known := d.Synapse.At("public_baseurl").Literal(); known && !model.IsPlaceholder(text) {
		if u, err := url.Parse(text); err == nil && u.Hostname() != "" {
			return []string{u.Hostname()}
		}
	}
	var hosts []string
	for _, r := range d.Routes {
		if !r.ReachesProduct("synapse") {
			continue
		}
		for _, host := range r.Matcher.Hosts() {
			if !slices.Contains(hosts, host) && firstReaches(d, clientRequest(host), "synapse") {
				hosts = append(hosts, host)
			}
		}
	}
	return hosts
}

// clientRequest is a call that only Synapse answers.
func clientRequest(host string) model.Request {
	return model.Request{Host: host, Path: "/_matrix/client/v3/sync", Method: "GET"}
}

// firstReaches reports whether a request surely reaches the product.
func firstReaches(d *model.Deployment, r model.Request, product string) bool {
	routes, _ := d.Answering(r)
	return len(routes) > 0 && routes[0].ReachesProduct(product)
}

// compatFate is what becomes of the calls that MAS has to answer on one host.
type compatFate struct {
	host string
	// lost are the calls that reach Synapse, or nobody; taker is the route of the first of them, or nil.
	lost  []model.Request
	taker *model.Route
	// shadowed are the routes to MAS that would answer without those in by.
	shadowed, by []*model.Route
	request      []model.Request
}

// compatFates follows the calls on every host of the homeserver. There are none if Synapse does not leave logins to MAS, if a host answers
// as it should, or if what answers cannot be told.
func compatFates(d *model.Deployment) []compatFate {
	if how := delegationOf(d.Synapse); how != delegated && how != delegatedByMSC3861 {
		return nil
	}
	if d.Proxy == nil || !related(d, d.Synapse, d.MAS) || d.MAS.Service == nil {
		return nil
	}
	var fates []compatFate
	for _, host := range homeserverHosts(d) {
		if !firstReaches(d, clientRequest(host), "synapse") {
			continue
		}
		fate, known := follow(d, host)
		if !known {
			return nil
		}
		if len(fate.lost) == 0 && len(fate.shadowed) == 0 {
			return nil // clients may use this one
		}
		fates = append(fates, fate)
	}
	return fates
}

func follow(d *model.Deployment, host string) (compatFate, bool) {
	fate := compatFate{host: host}
	for _, request := range compatRequests(host) {
		routes, whole := d.Answering(request)
		if len(routes) > 0 && routes[0].ReachesProduct("mas") {
			continue
		}
		if len(routes) == 0 && !whole || len(routes) > 0 && !routes[0].ReachesProduct("synapse") {
			return fate, false // it cannot be told, or somebody decided to answer it elsewhere
		}
		i := slices.IndexFunc(routes, func(r *model.Route) bool { return r.ReachesProduct("mas") })
		switch {
		case i >= 0 && slices.Contains(fate.shadowed, routes[i]):
		case i >= 0:
			fate.shadowed, fate.by = append(fate.shadowed, routes[i]), append(fate.by, routes[0])
			fate.request = append(fate.request, request)
		case !whole:
			return fate, false
		default:
			fate.lost = append(fate.lost, request)
			if fate.taker == nil && len(routes) > 0 {
				fate.taker = routes[0]
			}
		}
	}
	return fate, true
}

// labelsPosition returns where the labels of a service begin, or the service itself.
func labelsPosition(s *model.Service) diag.Position {
	if field := s.Node.Field("labels"); field != nil {
		return field.Position
	}
	return s.Position
}

// rulePosition returns where a route's rule stands, or the route itself.
func rulePosition(r *model.Route) diag.Position {
	if r.Rule != nil {
		return r.Rule.Position
	}
	return r.Position
}
