package matrix

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// callFate is what becomes of a call below an address that clients are given: it arrives, or it ends elsewhere.
type callFate struct {
	arrives bool
	// Problem says where it ends, in words that follow "…/get_token"; "" if it arrives, or if that cannot be told.
	Problem string
	Route   *model.Route // what takes it; nil if nothing does
}

// CallTo follows a request to an address with a path appended, as clients do, to the service that has to get the path.
func CallTo(d *model.Deployment, address *url.URL, path, method string, want *model.Service) callFate {
	full := strings.TrimSuffix(address.Path, "/") + path
	what, r := FateOfPath(d, model.Request{Host: address.Hostname(), Path: full, Method: method})
	switch {
	case what == FateNobody && !IsNamed(d, address.Hostname()):
		return callFate{} // that the host is not there is for another rule
	case what == FateNobody:
		return callFate{Problem: "nobody answers"}
	case what != FateService:
		return callFate{}
	case !r.Reaches(want):
		if r.ReachesProduct(want.Product) {
			return callFate{} // a second one
		}
		return callFate{Problem: "goes to " + r.Backends[0].Service.Name, Route: r}
	}
	switch arrived, known := r.ArrivesAs(full); {
	case !known:
		return callFate{}
	case arrived != path:
		return callFate{Problem: fmt.Sprintf("arrives at %s as %s", want.Name, arrived), Route: r}
	}
	return callFate{arrives: true, Route: r}
}

// FateOfPath is fateOf for a request whose path may be changed on its way.
func FateOfPath(d *model.Deployment, r model.Request) (Fate, *model.Route) {
	routes, whole := d.Answering(r)
	switch {
	case len(routes) == 0 && whole:
		return FateNobody, nil
	case len(routes) == 0 || !routes[0].Resolved:
		return FateUnknown, nil
	}
	if slices.ContainsFunc(routes[0].Backends, func(b model.Backend) bool { return !isFinal(b.Service) }) {
		return FateUnknown, routes[0]
	}
	return FateService, routes[0]
}

// PublicAddress returns the parts of an address that clients use on the standard port of TLS.
func PublicAddress(n *model.Node) (*url.URL, bool) {
	text, known := n.Literal()
	u, err := url.Parse(text)
	if !known || err != nil || placeholder.In(text) || !IsPublicHost(u.Hostname()) || u.Port() != "" && u.Port() != "443" {
		return nil, false
	}
	return u, u.Scheme == "https" || u.Scheme == "wss"
}

// OnlyService returns the service of a product that runs, if it is one alone.
func OnlyService(d *model.Deployment, product string) *model.Service {
	var found []*model.Service
	for _, s := range d.Of(product) {
		if !s.Inactive {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

// TokenCalls returns what clients ask an lk-jwt-service for, whose version they do not know. Source: element-hq/lk-jwt-service main.go, v0.3.0 to v0.5.0,
// and handler.go, a375b13 (2026-07-23), which has what comes behind v0.5.0.
func TokenCalls(s *model.Service) []string {
	switch v := s.Image.Version(); {
	case v.Before("0.4.0"):
		return []string{"/sfu/get"}
	case v.Before("0.5.1"):
		return []string{"/sfu/get", "/get_token"}
	}
	return []string{"/sfu/get", "/get_token", "/delegate_delayed_leave"}
}

// TokenFates follows what clients ask for at an address of lk-jwt-service: which calls arrive, and which end elsewhere.
func TokenFates(d *model.Deployment, address *model.Node) (arriving int, lost []string, first callFate) {
	tokens := OnlyService(d, "lk-jwt")
	u, ok := PublicAddress(address)
	if d.Proxy == nil || tokens == nil || !ok || strings.HasSuffix(address.Text, "/") {
		return 0, nil, first
	}
	for _, path := range TokenCalls(tokens) {
		switch fate := CallTo(d, u, path, "POST", tokens); {
		case fate.arrives:
			arriving++
			if len(lost) == 0 {
				first.Route = fate.Route
			}
		case fate.Problem != "":
			if lost = append(lost, path); len(lost) == 1 {
				first.Problem, first.Route = fate.Problem, cmpRoute(fate.Route, first.Route)
			}
		default:
			return 0, nil, first // what cannot be told may be right
		}
	}
	return arriving, lost, first
}

func cmpRoute(a, b *model.Route) *model.Route {
	if a != nil {
		return a
	}
	return b
}
