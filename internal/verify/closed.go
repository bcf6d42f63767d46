package verify

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// unpublish is what to do about a port that is open to everybody.
const unpublish = "take the port out of ports: in the compose file: Docker opens it past the firewall"

// portLimit is how long the look at a port may take: most are filtered, and never answer.
const portLimit = 4 * time.Second

// closed returns the probes of what only the inside may reach.
func (s *site) closed() []Probe {
	var probes []Probe
	door := func(p place, path, what, harm string, severity diag.Severity, opens func(answer) bool) {
		address := p.to(path)
		probes = append(probes, Probe{Name: "closed-" + what, Group: Closed, About: address, At: s.routeAt(address, http.MethodGet, p.at), After: reaches(address),
			ask: func(ctx context.Context, n *session) outcome {
				a, err := n.do(ctx, question{method: http.MethodGet, url: address})
				if err != nil {
					return unasked("%s: %s", address, why(err))
				}
				if !opens(a) {
					return pass()
				}
				if guarded(s.d, address) {
					return unasked("%s lets this machine in, so what others get is not to be seen: ask from elsewhere", address)
				}
				return wrong(problem{severity: severity, message: fmt.Sprintf("everybody reaches %s: %s", address, harm), hint: "let the proxy send only what users need to this service", rule: "internal-endpoint-public"})
			}})
	}
	if s.home.known() {
		door(s.home, "/_synapse/admin/v1/server_version", "admin", "one leaked token of an administrator opens the admin API from anywhere", diag.Warning, func(a answer) bool {
			return a.object()["server_version"] != nil || a.fromSynapse() && (a.status == http.StatusUnauthorized || a.status == http.StatusForbidden)
		})
		door(s.home, "/_synapse/mas/query_user", "mas-api", "with the shared secret anybody makes users and devices", 0, func(a answer) bool {
			return a.fromSynapse() && a.status != http.StatusNotFound || a.errcode() == "M_MISSING_TOKEN" || a.errcode() == "M_FORBIDDEN"
		})
		door(s.home, "/_synapse/metrics", "metrics", "the metrics say who talks to whom, and how much", diag.Warning, isMetrics)
	}
	if s.mas.known() {
		door(s.mas, "/health", "mas-health", "what Traefik and monitoring ask is not for the public", diag.Warning, func(a answer) bool {
			return a.status == http.StatusOK && strings.TrimSpace(string(a.body)) == "ok"
		})
		door(s.mas, "/metrics", "mas-metrics", "the metrics say how many sign in, and when", diag.Warning, isMetrics)
		if !s.opensAdminAPI() && !s.d.InCluster() { // the chart always has it there
			door(s.mas, "/api/admin/v1/version", "mas-admin", "one leaked token of an administrator opens MAS's admin API from anywhere", diag.Warning, func(a answer) bool {
				return strings.HasPrefix(a.header.Get("Content-Type"), "application/json") && (a.status == http.StatusOK || a.status == http.StatusUnauthorized || a.status == http.StatusForbidden)
			})
		}
	}
	for _, p := range s.pages() {
		if !guarded(s.d, p.to("/")) {
			continue // it is for everybody, and the interfaces that it asks are doors of their own
		}
		door(p, "/", "admin-page", "the page of administrators is not for the public, nor are the interfaces that it asks", diag.Warning, func(a answer) bool {
			return a.status == http.StatusOK && strings.HasPrefix(a.header.Get("Content-Type"), "text/html")
		})
	}
	for _, host := range s.ownHosts() {
		probes = append(probes, s.port(host, "5432", "closed-postgres", "everybody reaches Postgres at %s: one password is enough to read and change everything", unpublish, speaksPostgres))
		if len(s.d.Of("redis")) > 0 {
			probes = append(probes, s.port(host, "6379", "closed-redis", "everybody reaches Redis at %s: it has no password by itself, and what is said there the workers of Synapse do", unpublish, speaksRedis))
		}
	}
	return append(probes, s.watched()...)
}

// guarded reports whether the files let some in and others not: then an answer does not say which of them asked.
func guarded(d *model.Deployment, address string) bool {
	u, err := url.Parse(address)
	if err != nil || d.Proxy == nil {
		return false
	}
	routes, _ := d.Answering(model.Request{Host: u.Hostname(), Path: u.Path, Method: http.MethodGet})
	return len(routes) > 0 && routes[0].Guarded() != model.No
}

// pages returns the hosts of pages for administrators, each once.
func (s *site) pages() []place { return s.hostsOf("/", "element-admin", "ketesa", "synapse-admin") }

// hostsOf returns the hosts on which a path is answered by an image that is called so, each once.
func (s *site) hostsOf(path string, bases ...string) []place {
	var found []place
	for i := range s.d.Routes {
		r := &s.d.Routes[i]
		for _, host := range r.Matcher.Hosts() {
			routes, _ := s.d.Answering(model.Request{Host: host, Path: path, Method: http.MethodGet})
			leads := len(routes) > 0 && routes[0] == r && r.Serves
			if leads && slices.ContainsFunc(r.Backends, func(b model.Backend) bool { return b.Service != nil && slices.Contains(bases, b.Service.Image.Base()) }) {
				found = addPlace(found, publicURL("https://"+host, matrix.RulePosition(r)))
			}
		}
	}
	return found
}

// ownHosts returns one host for each part of the deployment that is another machine, perhaps.
func (s *site) ownHosts() []place {
	var hosts []place
	for _, p := range []place{s.home, s.mas} {
		if p.known() && !slices.ContainsFunc(hosts, func(q place) bool { return q.Hostname() == p.Hostname() }) {
			hosts = append(hosts, p)
		}
	}
	return hosts
}

// opensAdminAPI reports whether the files serve MAS's admin API with what users need.
func (s *site) opensAdminAPI() bool {
	listeners, whole := matrix.MASListeners(s.d.MAS)
	return !whole || slices.ContainsFunc(listeners, func(l matrix.Listener) bool { return l.Serves["adminapi"] && l.Serves["human"] })
}

// isMetrics reports whether an answer is what Prometheus reads.
func isMetrics(a answer) bool {
	return a.status == http.StatusOK && (bytes.Contains(a.body, []byte("\n# TYPE ")) || bytes.HasPrefix(a.body, []byte("# HELP ")))
}

// port returns the probe of a port that has to be closed.
func (s *site) port(p place, port, name, message, hint string, speaks func(net.Conn) bool) Probe {
	address := net.JoinHostPort(strings.ToLower(p.Hostname()), port)
	return Probe{Name: name, Group: Closed, About: address, At: p.at, After: []string{key(nameResolves, strings.ToLower(p.Hostname()))}, Limit: portLimit, ask: func(ctx context.Context, n *session) outcome {
		if n.options.Resolve[address] == "" && n.proxied(&url.URL{Scheme: "https", Host: p.Host}) {
			return unasked("a proxy stands before this machine, and hides the port")
		}
		conn, err := n.dial(ctx, "tcp", address)
		if err != nil {
			return pass()
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(2 * time.Second))
		if !speaks(conn) {
			return pass()
		}
		return wrong(problem{message: fmt.Sprintf(message, address), hint: hint, rule: "internal-endpoint-public"})
	}}
}

// speaksPostgres asks whether TLS is spoken, which Postgres answers with one letter.
// https://www.postgresql.org/docs/current/protocol-message-formats.html (SSLRequest)
func speaksPostgres(conn net.Conn) bool {
	request := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 8), 80877103)
	if _, err := conn.Write(request); err != nil {
		return false
	}
	said := make([]byte, 2)
	if n, err := conn.Read(said); err != nil || n != 1 || said[0] != 'S' && said[0] != 'N' {
		return false
	}
	conn.SetReadDeadline(time.Now().Add(300 * time.Millisecond)) // what goes on talking is something else
	n, _ := conn.Read(said)
	return n == 0
}

// speaksRedis sends a ping, which Redis answers, also where it wants a password.
func speaksRedis(conn net.Conn) bool {
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return false
	}
	said := make([]byte, 16)
	n, _ := conn.Read(said)
	return bytes.HasPrefix(said[:n], []byte("+PONG")) || bytes.HasPrefix(said[:n], []byte("-NOAUTH")) || bytes.HasPrefix(said[:n], []byte("-DENIED"))
}
