package matrix

import (
	"fmt"
	"slices"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Endpoint is how one service is told to reach another.
type Endpoint struct {
	From, To *model.Configuration
	// product is the name of the other one, and of its services.
	Name, Product string
	Listeners     []Listener
	// Whole says that the other one has no other listener.
	Whole bool
	// Needs are the resources that it has to serve.
	Needs []string
}

// Problem returns why one service does not reach the other at an address: in words, with what to do. It is "" if it does, or if that cannot
// be told.
func (e Endpoint) Problem(d *model.Deployment, a container.Address) (problem, hint string) {
	if e.From.Service == nil {
		return "", ""
	}
	known, found := container.Answering(d, e.From.Service, a.Host)
	named := "name the service of " + e.Name + " here, by a network that both are on"
	switch {
	case known != container.ReachService && IsOwnMachine(a.Host) && container.IsOwnNetwork(e.From.Service):
		return fmt.Sprintf("%s is the container of service %s itself, where no %s listens", a.Host, e.From.Service.Name, e.Name), named
	case len(d.Of(e.Product)) == 0:
		return "", "" // it runs elsewhere, and the name may be anything
	case known == container.ReachNobody:
		return container.NoName(d, a.Host), named
	case known == container.ReachOtherNetwork:
		return fmt.Sprintf("service %s is on no network of service %s", found[0].Name, e.From.Service.Name), "put both on one network"
	case known != container.ReachService || container.IsProxy(found) || e.To == nil || e.To.Service == nil:
		return "", ""
	case !slices.Contains(found, e.To.Service):
		if found[0].Product == e.Product {
			return "", "" // a worker, or a second one
		}
		return fmt.Sprintf("%s is service %s, which is no %s", a.Host, found[0].Name, e.Name), named
	}
	return e.listenerProblem(a)
}

// listenerProblem returns what is wrong with the port at which one service asks the other.
func (e Endpoint) listenerProblem(a container.Address) (problem, hint string) {
	if !e.Whole || len(e.Listeners) == 0 {
		return "", ""
	}
	hint = "name a port that " + e.Name + " listens on inside its container"
	for _, l := range e.Listeners {
		switch ofListener, what := e.ofListener(l, a); {
		case l.Port == a.Port && ofListener == "":
			return "", ""
		case l.Port == a.Port && problem == "":
			problem, hint = ofListener, what
		case l.Port != a.Port && ofListener == "" && problem == "":
			hint = "write port " + l.Port + ": what counts is where " + e.Name + " listens inside its container"
		}
	}
	if problem == "" {
		problem = fmt.Sprintf("%s does not listen on port %s", e.Name, a.Port)
	}
	return problem, hint
}

// ofListener returns why a listener is none for what one service asks the other, or "".
func (e Endpoint) ofListener(l Listener, a container.Address) (problem, hint string) {
	for _, resource := range e.Needs {
		if !l.Serves[resource] {
			return fmt.Sprintf("port %s of %s does not serve %s", l.Port, e.Name, resource), "name the port that does, or add " + resource + " to it"
		}
	}
	switch {
	case l.Loopback:
		return fmt.Sprintf("%s listens on port %s for its own container alone", e.Name, l.Port), "let it listen on 0.0.0.0"
	case l.prefix != a.Path && e.Product == "mas":
		return fmt.Sprintf("%s serves everything below /%s there", e.Name, l.prefix), "end the URL in the prefix of the listener"
	}
	return "", ""
}
