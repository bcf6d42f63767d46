package lint

import (
	"fmt"
	"slices"

	"github.com/matrixgen/matrixgen/internal/model"
)

// endpoint is how one service is told to reach another.
type endpoint struct {
	from, to *model.Configuration
	// product is the name of the other one, and of its services.
	name, product string
	listeners     []listener
	// whole says that the other one has no other listener.
	whole bool
	// needs are the resources that it has to serve.
	needs []string
}

// problem returns why one service does not reach the other at an address: in words, with what to do. It is "" if it does, or if that cannot
// be told.
func (e endpoint) problem(d *model.Deployment, a address) (problem, hint string) {
	if e.from.Service == nil {
		return "", ""
	}
	known, found := find(d, e.from.Service, a.host)
	named := "name the service of " + e.name + " here, by a network that both are on"
	switch {
	case known != reachService && isLoopback(a.host) && isOwnNetwork(e.from.Service):
		return fmt.Sprintf("%s is the container of service %s itself, where no %s listens", a.host, e.from.Service.Name, e.name), named
	case len(d.Of(e.product)) == 0:
		return "", "" // it runs elsewhere, and the name may be anything
	case known == reachNobody:
		return "no service has the name " + a.host, named
	case known == reachOtherNetwork:
		return fmt.Sprintf("service %s is on no network of service %s", found[0].Name, e.from.Service.Name), "put both on one network"
	case known != reachService || isProxy(found) || e.to == nil || e.to.Service == nil:
		return "", ""
	case !slices.Contains(found, e.to.Service):
		if found[0].Product == e.product {
			return "", "" // a worker, or a second one
		}
		return fmt.Sprintf("%s is service %s, which is no %s", a.host, found[0].Name, e.name), named
	}
	return e.listenerProblem(a)
}

// listenerProblem returns what is wrong with the port at which one service asks the other.
func (e endpoint) listenerProblem(a address) (problem, hint string) {
	if !e.whole || len(e.listeners) == 0 {
		return "", ""
	}
	hint = "name a port that " + e.name + " listens on inside its container"
	for _, l := range e.listeners {
		switch ofListener, what := e.ofListener(l, a); {
		case l.port == a.port && ofListener == "":
			return "", ""
		case l.port == a.port && problem == "":
			problem, hint = ofListener, what
		case l.port != a.port && ofListener == "" && problem == "":
			hint = "write port " + l.port + ": what counts is where " + e.name + " listens inside its container"
		}
	}
	if problem == "" {
		problem = fmt.Sprintf("%s does not listen on port %s", e.name, a.port)
	}
	return problem, hint
}

// ofListener returns why a listener is none for what one service asks the other, or "".
func (e endpoint) ofListener(l listener, a address) (problem, hint string) {
	for _, resource := range e.needs {
		if !l.serves[resource] {
			return fmt.Sprintf("port %s of %s does not serve %s", l.port, e.name, resource), "name the port that does, or add " + resource + " to it"
		}
	}
	switch {
	case l.loopback:
		return fmt.Sprintf("%s listens on port %s for its own container alone", e.name, l.port), "let it listen on 0.0.0.0"
	case l.prefix != a.path && e.product == "mas":
		return fmt.Sprintf("%s serves everything below /%s there", e.name, l.prefix), "end the URL in the prefix of the listener"
	}
	return "", ""
}
