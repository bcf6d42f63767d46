package lint

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// callFate is what becomes of a call below an address that clients are given: it arrives, or it ends elsewhere.
type callFate struct {
	arrives bool
	// problem says where it ends, in words that follow "…/get_token"; "" if it arrives, or if that cannot be told.
	problem string
	route   *model.Route // what takes it; nil if nothing does
}

// callTo follows a request to an address with a path appended, as clients do, to the service that has to get the path.
func callTo(d *model.Deployment, address *url.URL, path, method string, want *model.Service) callFate {
	full := strings.TrimSuffix(address.Path, "/") + path
	what, r := fateOfPath(d, model.Request{Host: address.Hostname(), Path: full, Method: method})
	switch {
	case what == fateNobody && !isNamed(d, address.Hostname()):
		return callFate{} // that the host is not there is for another rule
	case what == fateNobody:
		return callFate{problem: "nobody answers"}
	case what != fateService:
		return callFate{}
	case !r.Reaches(want):
		if r.ReachesProduct(want.Product) {
			return callFate{} // a second one
		}
		return callFate{problem: "goes to " + r.Backends[0].Service.Name, route: r}
	}
	switch arrived, known := arrivesAs(r, full); {
	case !known:
		return callFate{}
	case arrived != path:
		return callFate{problem: fmt.Sprintf("arrives at %s as %s", want.Name, arrived), route: r}
	}
	return callFate{arrives: true, route: r}
}

// fateOfPath is fateOf for a request whose path may be changed on its way.
func fateOfPath(d *model.Deployment, r model.Request) (fate, *model.Route) {
	routes, whole := d.Answering(r)
	switch {
	case len(routes) == 0 && whole:
		return fateNobody, nil
	case len(routes) == 0 || !routes[0].Resolved:
		return fateUnknown, nil
	}
	if slices.ContainsFunc(routes[0].Backends, func(b model.Backend) bool { return !isFinal(b.Service) }) {
		return fateUnknown, routes[0]
	}
	return fateService, routes[0]
}

// publicAddress returns the parts of an address that clients use on the standard port of TLS.
func publicAddress(n *model.Node) (*url.URL, bool) {
	text, known := n.Literal()
	u, err := url.Parse(text)
	if !known || err != nil || model.IsPlaceholder(text) || !isPublicHost(u.Hostname()) || u.Port() != "" && u.Port() != "443" {
		return nil, false
	}
	return u, u.Scheme == "https" || u.Scheme == "wss"
}

// only returns the service of a product that runs, if it is one alone.
func only(d *model.Deployment, product string) *model.Service {
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

// tokenCalls returns what clients ask lk-jwt-service for.
func tokenCalls(s *model.Service) []string {
	if s.Image.Version().Before("0.5.0") {
		return []string{"/sfu/get"}
	}
	return []string{"/sfu/get", "/get_token", "/delegate_delayed_leave"}
}

// tokenFates follows what clients ask for at an address of lk-jwt-service: which calls arrive, and which end elsewhere.
func tokenFates(d *model.Deployment, address *model.Node) (arriving int, lost []string, first callFate) {
	tokens := only(d, "lk-jwt")
	u, ok := publicAddress(address)
	if d.Proxy == nil || tokens == nil || !ok || strings.HasSuffix(address.Text, "/") {
		return 0, nil, first
	}
	for _, path := range tokenCalls(tokens) {
		switch fate := callTo(d, u, path, "POST", tokens); {
		case fate.arrives:
			arriving++
			if len(lost) == 0 {
				first.route = fate.route
			}
		case fate.problem != "":
			if lost = append(lost, path); len(lost) == 1 {
				first.problem, first.route = fate.problem, cmpRoute(fate.route, first.route)
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

// reportTokenRoutes reports calls of an address that the proxy does not lead to lk-jwt-service, while others arrive.
func reportTokenRoutes(d *model.Deployment, report func(diag.Finding)) {
	report = guessingProxy(d, report)
	var seen []string
	for _, t := range slices.Concat(synapseTransports(d.Synapse), wellKnownTransports(d)) {
		arriving, lost, first := tokenFates(d, t.url)
		if arriving == 0 || len(lost) == 0 || slices.Contains(seen, t.url.Text) {
			continue
		}
		seen = append(seen, t.url.Text)
		report(diag.Finding{
			Position: rulePosition(first.route),
			Message:  fmt.Sprintf("calls fail in clients that ask for %s: %s%s %s", inWords(lost), t.url.Text, lost[0], first.problem),
			Hint:     "lead /sfu/get, /get_token and /delegate_delayed_leave of this address to lk-jwt-service",
			Related:  []diag.Related{{Position: t.url.Position, Message: "the address that clients are given"}},
		})
	}
}

// reportLostTransports reports addresses of which nothing arrives at lk-jwt-service.
func reportLostTransports(d *model.Deployment, transports []callTransport, severity diag.Severity, report func(diag.Finding)) {
	report = guessingProxy(d, report)
	for _, t := range transports {
		arriving, lost, first := tokenFates(d, t.url)
		if arriving > 0 || len(lost) == 0 {
			continue
		}
		f := diag.Finding{
			Severity: severity,
			Position: t.url.Position,
			Message:  fmt.Sprintf("nobody gets into a call: %s%s %s", t.url.Text, lost[0], first.problem),
			Hint:     "write the address by which the proxy leads to lk-jwt-service, or lead this one there",
		}
		if first.route != nil {
			f.Related = []diag.Related{{Position: rulePosition(first.route), Message: "this takes it"}}
		}
		report(f)
	}
}

// reportLiveKitRoute reports an address of LiveKit that the proxy leads elsewhere.
func reportLiveKitRoute(d *model.Deployment, address *model.Node, report func(diag.Finding)) {
	rooms := only(d, "livekit")
	u, ok := publicAddress(address)
	if d.Proxy == nil || rooms == nil || !ok {
		return
	}
	fate := callTo(d, u, "/rtc", "GET", rooms)
	if fate.problem == "" {
		return
	}
	f := diag.Finding{
		Position: address.Position,
		Message:  fmt.Sprintf("calls never connect: %s/rtc %s", strings.TrimSuffix(address.Text, "/"), fate.problem),
		Hint:     "write the address by which the proxy leads to LiveKit, or lead this one to its port 7880",
	}
	if fate.route != nil {
		f.Related = []diag.Related{{Position: rulePosition(fate.route), Message: "this takes it"}}
	}
	guessingProxy(d, report)(f)
}
