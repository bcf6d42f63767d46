package lint

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// address is a URL of one service in the configuration of another.
type address struct {
	scheme, host, port string
	// path is without slashes at its ends.
	path string
	// ended says that there is no path, or that it ends in a slash.
	ended bool
}

// parseAddress returns the parts of a URL with http or https and a host.
func parseAddress(text string) (address, bool) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return address{}, false
	}
	a := address{scheme: u.Scheme, host: u.Hostname(), port: u.Port(), path: strings.Trim(u.Path, "/"),
		ended: u.Path == "" || strings.HasSuffix(u.Path, "/")}
	if a.port == "" {
		a.port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return a, true
}

// reach is what a service finds under a name.
type reach int

const (
	// reachUnknown is what only DNS knows, or the host's network.
	reachUnknown reach = iota
	reachService
	// reachOtherNetwork is a service that shares no network with the one that asks.
	reachOtherNetwork
	// reachNobody is a name that no service has, and that cannot be one of the internet.
	reachNobody
)

// find returns what a service of the deployment reaches under the name of a host, and the services that have the name.
func find(d *model.Deployment, from *model.Service, host string) (reach, []*model.Service) {
	if isSet(from.Node.Get("network_mode")) || isSet(from.Node.Get("extra_hosts")) || isSet(from.Node.Get("links")) ||
		isSet(from.Node.Get("external_links")) || isSet(from.Node.Get("extends")) {
		return reachUnknown, nil
	}
	var near, far []*model.Service
	for _, s := range d.Services {
		switch names := namesOf(s); {
		case isSet(s.Node.Get("network_mode")) && slices.Contains(names, host):
			return reachUnknown, nil
		case s == from && slices.Contains(names, host), answers(s, from, host):
			near = append(near, s)
		case slices.Contains(names, host) || hasAlias(s, host):
			far = append(far, s)
		}
	}
	switch {
	case len(near) > 0:
		return reachService, near
	case len(far) > 0:
		return reachOtherNetwork, far
	case isAmongAliases(d, host):
		return reachNobody, nil
	case strings.Contains(host, ".") || net.ParseIP(host) != nil || host == "host-gateway":
		return reachUnknown, nil
	}
	return reachNobody, nil
}

// isAmongAliases reports whether a host has the domain of an alias below internal, such as synapse.home.internal: no name of the internet ends
// so, and what is in that domain is the deployment's own.
func isAmongAliases(d *model.Deployment, host string) bool {
	_, domain, _ := strings.Cut(host, ".")
	if !strings.HasSuffix(domain, ".internal") {
		return false // nor is host.docker.internal a service's: its domain is Docker's
	}
	for _, s := range d.Services {
		for _, own := range attachments(s) {
			for _, alias := range own.Aliases {
				if _, of, _ := strings.Cut(alias, "."); of == domain && domain != "docker.internal" {
					return true
				}
			}
		}
	}
	return false
}

// namesOf returns the names that a service has on each of its networks.
func namesOf(s *model.Service) []string {
	names := []string{s.Name}
	for _, key := range []string{"container_name", "hostname"} {
		if name, known := s.Node.Get(key).Literal(); known {
			names = append(names, name)
		}
	}
	return names
}

// answers reports whether a service has the name on a network that it shares with another.
func answers(s, from *model.Service, host string) bool {
	for _, own := range attachments(s) {
		shared := slices.ContainsFunc(attachments(from), func(a model.Attachment) bool { return a.Network == own.Network })
		if shared && (slices.Contains(namesOf(s), host) || slices.Contains(own.Aliases, host)) {
			return true
		}
	}
	return false
}

func hasAlias(s *model.Service, host string) bool {
	return slices.ContainsFunc(s.Networks, func(a model.Attachment) bool { return slices.Contains(a.Aliases, host) })
}

// attachments returns the networks of a service: the project's own if it names none.
func attachments(s *model.Service) []model.Attachment {
	if len(s.Networks) == 0 {
		return []model.Attachment{{Network: "default"}}
	}
	return s.Networks
}

// isProxy reports whether one of the services passes requests on.
func isProxy(services []*model.Service) bool {
	return slices.ContainsFunc(services, func(s *model.Service) bool {
		return slices.Contains([]string{"traefik", "nginx", "caddy", ""}, s.Product)
	})
}

// isOwnNetwork reports whether localhost in a container is nothing but that container.
func isOwnNetwork(s *model.Service) bool {
	return s != nil && !isSet(s.Node.Get("network_mode")) && !isSet(s.Node.Get("extends"))
}

// hostOf returns a server name without its port.
func hostOf(name string) string {
	if host, _, err := net.SplitHostPort(name); err == nil {
		return host
	}
	return name
}
