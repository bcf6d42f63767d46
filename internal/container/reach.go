package container

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Address is a URL of one service in the configuration of another.
type Address struct {
	Scheme, Host, Port string
	// Path is without slashes at its ends.
	Path string
	// Ended says that there is no path, or that it ends in a slash.
	Ended bool
}

// ParseAddress returns the parts of a URL with http or https and a host.
func ParseAddress(text string) (Address, bool) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return Address{}, false
	}
	a := Address{Scheme: u.Scheme, Host: u.Hostname(), Port: u.Port(), Path: strings.Trim(u.Path, "/"),
		Ended: u.Path == "" || strings.HasSuffix(u.Path, "/")}
	if a.Port == "" {
		a.Port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return a, true
}

// Reach is what a service finds under a name.
type Reach int

const (
	// ReachUnknown is what only DNS knows, or the host's network.
	ReachUnknown Reach = iota
	ReachService
	// reachOtherNetwork is a service that shares no network with the one that asks.
	ReachOtherNetwork
	// reachNobody is a name that no service has, and that cannot be one of the internet.
	ReachNobody
)

// Answering returns what a service of the deployment reaches under the name of a host, and the services that have the name.
func Answering(d *model.Deployment, from *model.Service, host string) (Reach, []*model.Service) {
	if from.Node.Get("network_mode").IsSet() || from.Node.Get("extra_hosts").IsSet() || from.Node.Get("links").IsSet() ||
		from.Node.Get("external_links").IsSet() || from.Node.Get("extends").IsSet() {
		return ReachUnknown, nil
	}
	var near, far []*model.Service
	for _, s := range d.Services {
		switch names := NamesOf(s); {
		case s.Node.Get("network_mode").IsSet() && slices.Contains(names, host), isNamedByCompose(s, host):
			return ReachUnknown, nil
		case s == from && slices.Contains(names, host), answers(s, from, host):
			near = append(near, s)
		case slices.Contains(names, host) || HasAlias(s, host):
			far = append(far, s)
		}
	}
	switch {
	case len(near) > 0:
		return ReachService, near
	case len(far) > 0:
		return ReachOtherNetwork, far
	case isAmongAliases(d, host):
		return ReachNobody, nil
	case strings.Contains(host, ".") || net.ParseIP(host) != nil || host == "host-gateway":
		return ReachUnknown, nil
	}
	return ReachNobody, nil
}

// isAmongAliases reports whether a host has the domain of an alias below internal, such as synapse.home.internal: no name of the internet ends
// so, and what is in that domain is the deployment's own.
func isAmongAliases(d *model.Deployment, host string) bool {
	_, domain, _ := strings.Cut(host, ".")
	if !strings.HasSuffix(domain, ".internal") {
		return false // nor is host.docker.internal a service's: its domain is Docker's
	}
	for _, s := range d.Services {
		for _, own := range Attachments(s) {
			for _, alias := range own.Aliases {
				if _, of, _ := strings.Cut(alias, "."); of == domain && domain != "docker.internal" {
					return true
				}
			}
		}
	}
	return false
}

// isNamedByCompose reports whether a host is the name that Compose gives to a container by itself, project-service-1: what the project is called, whoever
// starts it may say.
func isNamedByCompose(s *model.Service, host string) bool {
	if s.Node.Get("container_name").IsSet() {
		return false
	}
	for _, sign := range []string{"-", "_"} { // since Compose 2, and before
		if before, found := strings.CutSuffix(host, sign+s.Name+sign+"1"); found && before != "" {
			return true
		}
	}
	return false
}

// NamesOf returns the names that a service has on each of its networks.
func NamesOf(s *model.Service) []string {
	names := []string{s.Name}
	if s.Node.Get("x-quadlet") != nil {
		names = nil // a unit's name is none of the container's
	}
	for _, key := range []string{"container_name", "hostname"} {
		if name, known := s.Node.Get(key).Literal(); known {
			names = append(names, name)
		}
	}
	return names
}

// answers reports whether a service has the name on a network that it shares with another.
func answers(s, from *model.Service, host string) bool {
	for _, own := range Attachments(s) {
		shared := slices.ContainsFunc(Attachments(from), func(a model.Attachment) bool { return a.Network == own.Network })
		if shared && (slices.Contains(NamesOf(s), host) || slices.Contains(own.Aliases, host)) {
			return true
		}
	}
	return false
}

// HasAlias reports whether a network of the service gives it the name.
func HasAlias(s *model.Service, host string) bool {
	return slices.ContainsFunc(s.Networks, func(a model.Attachment) bool { return slices.Contains(a.Aliases, host) })
}

// Attachments returns the networks of a service: the project's own if it names none.
func Attachments(s *model.Service) []model.Attachment {
	if len(s.Networks) == 0 {
		return []model.Attachment{{Network: "default"}}
	}
	return s.Networks
}

// IsProxy reports whether one of the services passes requests on.
func IsProxy(services []*model.Service) bool {
	return slices.ContainsFunc(services, func(s *model.Service) bool {
		return slices.Contains([]string{"traefik", "nginx", "caddy", ""}, s.Product)
	})
}

// IsOwnNetwork reports whether localhost in a container is nothing but that container.
func IsOwnNetwork(s *model.Service) bool {
	return s != nil && !s.Node.Get("network_mode").IsSet() && !s.Node.Get("extends").IsSet()
}

// HostOf returns a server name without its port.
func HostOf(name string) string {
	if host, _, err := net.SplitHostPort(name); err == nil {
		return host
	}
	return name
}
