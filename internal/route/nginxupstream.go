package route

import (
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/nginx"
)

// backends returns where a proxy_pass sends requests, and what changes their paths. It is false if that is not known.
func (n *nginxProxy) backends(l location, pass nginx.Directive, s scope) (backends []model.Backend, changes []model.Middleware, ok bool) {
	if len(pass.Words) != 2 {
		return nil, nil, false
	}
	word := pass.Words[1]
	text := expandVariables(word.Text, s.variables)
	scheme, rest, found := strings.Cut(text, "://")
	if !found || scheme != "http" && scheme != "https" || strings.HasPrefix(rest, "unix:") {
		return nil, nil, false
	}
	end := strings.IndexAny(rest, "/$?")
	if end < 0 || rest[end] == '$' && !strings.HasPrefix(rest[end:], "$request_uri") && !strings.HasPrefix(rest[end:], "$uri") {
		end = len(rest)
	}
	host, path := rest[:end], rest[end:]
	if parts, found := n.splits[host]; found && path == "" {
		backends, ok = n.split(parts, scheme)
		return backends, nil, ok
	}
	if strings.Contains(host, "$") {
		return nil, nil, false
	}
	changes, ok = pathChange(l, pass, path)
	if !ok {
		return nil, nil, false
	}
	at := nginx.Word{Text: host, Position: word.Position}
	if servers, found := n.upstreams[host]; found {
		backends, ok = n.balanced(servers, scheme)
		return backends, changes, ok
	}
	b, ok := n.backend(at, scheme)
	if !ok && b.Port == nil {
		return nil, nil, false
	}
	return []model.Backend{b}, changes, ok
}

// sent returns the host that requests arrive with: without proxy_set_header it is the one of proxy_pass, be it the name of an upstream. What an nginx
// has around its servers that are visible may say otherwise.
func (n *nginxProxy) sent(pass nginx.Directive, s scope) string {
	i := slices.IndexFunc(s.passed, func(d nginx.Directive) bool { return strings.EqualFold(d.Argument(0), "Host") })
	value := "$proxy_host"
	switch {
	case i >= 0:
		value = expandVariables(s.passed[i].Argument(1), s.variables)
	case len(s.passed) == 0 && (n.container == nil || n.partial):
		return model.UnknownHost
	}
	switch value {
	case "$host", "$http_host", "$host:$server_port", "${host}":
		return ""
	case "$proxy_host":
		_, value, _ = strings.Cut(expandVariables(pass.Argument(0), s.variables), "://")
		value, _, _ = strings.Cut(value, "/")
		value, _, _ = strings.Cut(value, ":")
	}
	if strings.Contains(value, "$") || value == "" {
		return model.UnknownHost
	}
	return strings.ToLower(value)
}

// pathChange returns how a proxy_pass with a path changes those of requests: nginx decodes what it puts a path in front of, and does not encode
// all of it again. It is false where nginx does not start because of it.
func pathChange(l location, pass nginx.Directive, path string) ([]model.Middleware, bool) {
	m := model.Middleware{Name: "proxy_pass with a path", Defined: true, Position: pass.Position()}
	hasVariables := strings.Contains(pass.Argument(0), "$")
	switch {
	case path == "", path == l.pattern && l.modifier == "=" && !hasVariables, hasVariables && strings.HasPrefix(path, "$request_uri"):
		return nil, true
	case path == l.pattern && l.isPrefix() && !hasVariables, hasVariables && strings.HasPrefix(path, "$uri"):
		m.Decodes = true
		return []model.Middleware{m}, true
	case hasVariables:
		m.Path = rewrite(nil, "")
		return []model.Middleware{m}, true
	case l.modifier == "~" || l.modifier == "~*":
		return nil, false
	}
	m.Path, m.Decodes = rewrite([]string{l.pattern}, path), true
	return []model.Middleware{m}, true
}

// balanced returns the servers of an upstream; false if there may be others.
func (n *nginxProxy) balanced(block []nginx.Directive, scheme string) ([]model.Backend, bool) {
	var backends []model.Backend
	whole := true
	for _, d := range block {
		switch {
		case d.Name() == "include" || d.Name() == unseen:
			return nil, false
		case d.Name() != "server" || len(d.Words) < 2:
			continue
		}
		b, ok := n.backend(d.Words[1], scheme)
		if ok || b.Port != nil {
			backends = append(backends, b)
		}
		whole = whole && ok
	}
	return backends, whole && len(backends) > 0
}

// split returns what is at the addresses that a split_clients chooses from; false if there may be others.
func (n *nginxProxy) split(block []nginx.Directive, scheme string) ([]model.Backend, bool) {
	var backends []model.Backend
	whole := len(block) > 0
	for _, d := range block {
		if len(d.Words) != 2 || d.Name() == "include" || d.Name() == unseen {
			return nil, false
		}
		b, ok := n.backend(d.Words[1], scheme)
		if ok || b.Port != nil {
			backends = append(backends, b)
		}
		whole = whole && ok
	}
	return backends, whole
}

// backend returns what is at an address.
func (n *nginxProxy) backend(address nginx.Word, scheme string) (model.Backend, bool) {
	host, port := address.Text, map[string]string{"http": "80", "https": "443"}[scheme]
	if i := strings.LastIndex(host, ":"); i >= 0 && !strings.HasSuffix(host, "]") {
		host, port = host[:i], host[i+1:]
	}
	if _, err := strconv.Atoi(port); err != nil || host == "" || strings.ContainsAny(host, "${}/<>") {
		return model.Backend{}, false
	}
	b := model.Backend{Host: host, Scheme: scheme, Position: address.Position}
	if !n.find(&b, port) {
		return b, false
	}
	return b, true
}

// find sets the service of a backend and the port of its container. It is false if the backend may be one that is not visible. A name that no
// service has is for the rules to judge.
func (n *nginxProxy) find(b *model.Backend, port string) bool {
	isOwn := n.container != nil && !n.container.Node.Get("network_mode").Is("host")
	switch {
	case isLoopback(b.Host) && isOwn: // nobody, or nginx itself
		b.Port = &model.Node{Kind: model.Int, Text: port, Position: b.Position}
		return false
	case isLoopback(b.Host) || isHostName(b.Host):
		if b.Service, port = published(n.deployment, port); b.Service == nil {
			return false
		}
	case !isOwn: // the names of containers are not known to the host
		if b.Service = byAddress(n.deployment, b.Host); b.Service == nil {
			b.Service = bySharedName(n.deployment, b.Host)
		}
		if b.Service == nil {
			return false
		}
	default:
		b.Service = n.deployment.ServiceAt(b.Host)
	}
	b.Port = &model.Node{Kind: model.Int, Text: port, Position: b.Position}
	return true
}

func isLoopback(host string) bool {
	return host == "localhost" || host == "[::1]" || strings.HasPrefix(host, "127.")
}

// isHostName reports whether a name is that of the machine that containers run on.
func isHostName(host string) bool {
	return host == "host.docker.internal" || host == "172.17.0.1"
}

// bySharedName returns the service that has an alias on a network of another project, or nil: then the nginx is a container there.
func bySharedName(d *model.Deployment, host string) *model.Service {
	for _, s := range d.Services {
		for _, at := range s.Networks {
			if d.Networks[at.Network].Shared && slices.Contains(at.Aliases, host) {
				return s
			}
		}
	}
	return nil
}

// byAddress returns the service that has a fixed address on a network, or nil.
func byAddress(d *model.Deployment, address string) *model.Service {
	for _, s := range d.Services {
		if networks := s.Node.Get("networks"); networks != nil {
			for _, f := range networks.Fields {
				if f.Value.Get("ipv4_address").Is(address) || f.Value.Get("ipv6_address").Is(strings.Trim(address, "[]")) {
					return s
				}
			}
		}
	}
	return nil
}
