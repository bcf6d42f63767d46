package matrix

import (
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/route"
)

// ElementBaseURL returns the URL of the homeserver that Element asks, or nil.
func ElementBaseURL(element *model.Configuration) *model.Node {
	return element.At("default_server_config", "m.homeserver", "base_url")
}

// IsPublicHost reports whether others than the machines nearby may know the host.
func IsPublicHost(host string) bool {
	if ip := net.ParseIP(host); ip != nil {
		return !ip.IsLoopback() && !ip.IsPrivate() && !ip.IsLinkLocalUnicast() && !ip.IsUnspecified()
	}
	if !strings.Contains(host, ".") {
		return false
	}
	if in, found := strings.CutSuffix(host, ".nip.io"); found {
		return isPublicIn(in)
	}
	if in, found := strings.CutSuffix(host, ".sslip.io"); found {
		return isPublicIn(in)
	}
	for _, suffix := range []string{".onion", ".local", ".localhost", ".internal", ".lan", ".home.arpa", ".test", ".localdomain", ".home"} { // Tor encrypts what it leads to .onion
		if strings.HasSuffix(host, suffix) {
			return false
		}
	}
	return true
}

// isPublicIn reports whether the address at the end of a name is a public one: below nip.io and sslip.io every name is the address that it has in it.
func isPublicIn(name string) bool {
	parts := strings.FieldsFunc(name, func(c rune) bool { return c == '.' || c == '-' })
	if len(parts) < 4 {
		return false
	}
	ip := net.ParseIP(strings.Join(parts[len(parts)-4:], "."))
	return ip != nil && IsPublicHost(ip.String())
}

// IsOwnMachine reports whether whoever connects to a host ends up at himself: to what listens everywhere, too.
func IsOwnMachine(host string) bool {
	return IsLoopback(host) || net.ParseIP(host).IsUnspecified()
}

// IsLoopback reports whether a host is the machine itself: localhost, a name below it, 127.0.0.1, ::1.
func IsLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && addr.IsLoopback()
}

// IsLocal says that the whole server is meant for one machine: its name is localhost, or may be.
func IsLocal(c *model.Configuration) bool {
	homeserver := c.At("matrix", "homeserver")
	name, known := homeserver.Literal()
	host, _, _ := strings.Cut(name, ":")
	return !known || IsLoopback(host)
}

// HasTLS reports whether a route has TLS, by itself or by one of its entry points.
func HasTLS(proxy *model.Proxy, r *model.Route) bool {
	return r.TLS || slices.ContainsFunc(r.EntryPoints, func(point string) bool {
		return route.Has(proxy.Static, "entrypoints."+strings.ToLower(point)+".http.tls")
	})
}

// RoutesStack reports whether the proxy routes any service of the stack.
func RoutesStack(d *model.Deployment) bool {
	for _, r := range d.Routes {
		for _, product := range []string{"synapse", "mas", "element", "pocket-id"} {
			if r.ReachesProduct(product) {
				return true
			}
		}
	}
	return false
}
