package matrix

import (
	"net/url"
	"slices"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// CompatRequests are what clients without OAuth ask of the homeserver, and what MAS has to answer.
func CompatRequests(host string) []model.Request {
	var requests []model.Request
	for _, p := range PathsOf(CompatCalls) {
		requests = append(requests, model.Request{Host: host, Path: p.Path, Method: p.Method})
	}
	return requests
}

// HomeserverHosts returns the hosts on which clients reach Synapse by the proxy: the one that Synapse says, or else those whose routes lead
// to it.
func HomeserverHosts(d *model.Deployment) []string {
	if text, known := d.Synapse.At("public_baseurl").Literal(); known && !placeholder.In(text) {
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
			if !slices.Contains(hosts, host) && firstReaches(d, ClientRequest(host), "synapse") {
				hosts = append(hosts, host)
			}
		}
	}
	return hosts
}

// ClientRequest is a call that only Synapse answers.
func ClientRequest(host string) model.Request {
	return model.Request{Host: host, Path: "/_matrix/client/v3/sync", Method: "GET"}
}

// firstReaches reports whether a request surely reaches the product.
func firstReaches(d *model.Deployment, r model.Request, product string) bool {
	routes, _ := d.Answering(r)
	return len(routes) > 0 && routes[0].ReachesProduct(product)
}

// CompatFate is what becomes of the calls that MAS has to answer on one host.
type CompatFate struct {
	Host string
	// Lost are the calls that reach Synapse, or nobody; taker is the route of the first of them, or nil.
	Lost  []model.Request
	Taker *model.Route
	// Shadowed are the routes to MAS that would answer without those in by.
	Shadowed, By []*model.Route
	Request      []model.Request
}

// CompatFates follows the calls on every host of the homeserver. There are none if Synapse does not leave logins to MAS, if a host answers
// as it should, or if what answers cannot be told.
func CompatFates(d *model.Deployment) []CompatFate {
	if how := DelegationOf(d.Synapse); how != Delegated && how != DelegatedByMSC3861 {
		return nil
	}
	if d.Proxy == nil || !Related(d, d.Synapse, d.MAS) || d.MAS.Service == nil {
		return nil
	}
	var fates []CompatFate
	for _, host := range HomeserverHosts(d) {
		if !firstReaches(d, ClientRequest(host), "synapse") {
			continue
		}
		fate, known := follow(d, host)
		if !known {
			return nil
		}
		if len(fate.Lost) == 0 && len(fate.Shadowed) == 0 {
			return nil // clients may use this one
		}
		fates = append(fates, fate)
	}
	return fates
}

func follow(d *model.Deployment, host string) (CompatFate, bool) {
	fate := CompatFate{Host: host}
	for _, request := range CompatRequests(host) {
		routes, whole := d.Answering(request)
		if len(routes) > 0 && routes[0].ReachesProduct("mas") {
			continue
		}
		if len(routes) == 0 && !whole || len(routes) > 0 && !routes[0].ReachesProduct("synapse") {
			return fate, false // it cannot be told, or somebody decided to answer it elsewhere
		}
		i := slices.IndexFunc(routes, func(r *model.Route) bool { return r.ReachesProduct("mas") })
		switch {
		case i >= 0 && slices.Contains(fate.Shadowed, routes[i]):
		case i >= 0:
			fate.Shadowed, fate.By = append(fate.Shadowed, routes[i]), append(fate.By, routes[0])
			fate.Request = append(fate.Request, request)
		case !whole:
			return fate, false
		default:
			fate.Lost = append(fate.Lost, request)
			if fate.Taker == nil && len(routes) > 0 {
				fate.Taker = routes[0]
			}
		}
	}
	return fate, true
}

// LabelsPosition returns where the labels of a service begin, or the service itself.
func LabelsPosition(s *model.Service) diag.Position {
	if field := s.Node.Field("labels"); field != nil {
		return field.Position
	}
	return s.Position
}

// RulePosition returns where a route's rule stands, or the route itself.
func RulePosition(r *model.Route) diag.Position {
	if r.Rule != nil {
		return r.Rule.Position
	}
	return r.Position
}
