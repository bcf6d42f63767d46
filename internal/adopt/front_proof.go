package adopt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// tried are the paths that are asked for at each host.
func tried() []string {
	return []string{
		"/_matrix/client/versions", "/_matrix/client/v3/sync", "/_matrix/client/v3/login", "/_matrix/client/unstable/org.example", "/_matrix/client/v1/media/download/a/b",
		"/_matrix/media/v3/upload", "/_matrix/federation/v1/version", "/_matrix/key/v2/server", "/_synapse/client/pick_username/account_details", "/_synapse/client/rendezvous",
		"/.well-known/matrix/client", "/.well-known/matrix/server", "/.well-known/matrix/support", "/.well-known/openid-configuration",
		"/", "/index.html", "/config.json", "/login", "/account/", "/oauth2/token", "/assets/app.js", "/sfu/get", "/get_token", "/rtc", "/auth/", "/health",
		"/_synapse/admin/v1/server_version", "/_synapse/mas/query_user", "/_synapse/metrics",
	}
}

// isAsked reports whether clients and other servers ask Synapse for a path at a host.
func isAsked(serverName, host, path string) bool {
	return strings.HasPrefix(path, "/_matrix/") || strings.HasPrefix(path, "/_synapse/client/") || host == serverName && (path == "/.well-known/matrix/client" || path == "/.well-known/matrix/server")
}

// answering returns who answers a request: a role, or "itself" for the proxy; "" for nobody. It is false if that cannot be told.
func answering(d *model.Deployment, name func(*model.Service) string, r model.Request) (string, bool) {
	routes, whole := d.Answering(r)
	if len(routes) == 0 {
		return "", whole
	}
	first := routes[0]
	switch {
	case first.Body != nil || first.Files:
		return "itself", true
	case len(first.Backends) == 0:
		return "", true
	case !first.Resolved || first.Backends[0].Service == nil:
		return "", false
	}
	return name(first.Backends[0].Service), true
}

// differs says which request would no longer lead where it led, so that the proxy stays as it is; "" if none does. What falls away beside the requests of
// clients and servers is noted.
func (f *front) differs(o *Old, after *model.Deployment) (why string, notes []Note) {
	was := func(r model.Request) (string, bool) { return answering(o.Given, o.roleOf, r) }
	is := func(r model.Request) (string, bool) {
		return answering(after, func(s *model.Service) string { return s.Name }, r)
	}
	name := literal(o.synapse("server_name"))
	lost := map[string][]string{}
	var order []string
	for _, host := range f.hosts {
		for _, path := range tried() {
			r := model.Request{Host: host, Path: path, Method: "GET"}
			before, known := was(r)
			now, sure := is(r)
			switch {
			case !known:
				return fmt.Sprintf("where it leads https://%s%s cannot be told", host, path), nil
			case before == "" || before == now:
			case !sure:
				return fmt.Sprintf("where the stack would lead https://%s%s cannot be told", host, path), nil
			case before == "itself" && strings.HasPrefix(path, "/.well-known/matrix/") && (now == "synapse" || now == "well-known"):
			case isAsked(name, host, path) && strings.HasSuffix(path, "/login") && now == "mas":
			case before == "synapse" && !isAsked(name, host, path):
				if lost[host] == nil {
					order = append(order, host)
				}
				lost[host] = append(lost[host], path)
			case before == "itself":
				return fmt.Sprintf("it answers https://%s%s itself, and the proxy of a stack does not", host, path), nil
			default:
				return fmt.Sprintf("it leads https://%s%s to %s, and the stack leads it %s", host, path, before, whereTo(now)), nil
			}
		}
	}
	for _, host := range order {
		if slices.Contains(lost[host], "/_synapse/admin/v1/server_version") {
			notes = append(notes, Note{Weight: Users, Subject: f.service.Name, Position: f.service.Position,
				Message: fmt.Sprintf("it led all of %s to Synapse, the admin API too: the stack leads there what clients and other servers ask, and /_synapse/admin/ is not reached from outside any more", host),
				Hint:    "for an admin page say administration in the stack; on the machine: docker compose exec synapse curl http://localhost:8008/_synapse/admin/…"})
		}
	}
	more, why := f.moreHosts(after)
	return why, append(notes, append(more, f.federationPort(o, is)...)...)
}

// moreHosts notes the hosts that the proxy did not have.
func (f *front) moreHosts(after *model.Deployment) (notes []Note, why string) {
	var own []string
	for _, r := range after.Routes {
		for _, host := range r.Matcher.Hosts() {
			if !slices.Contains(f.hosts, host) && !slices.Contains(own, host) {
				own = append(own, host)
			}
		}
	}
	slices.Sort(own)
	for _, host := range own {
		if f.kind == "nginx" {
			return nil, fmt.Sprintf("it has no certificate for %s, and does not start without", host)
		}
		notes = append(notes, Note{Weight: Step, Subject: f.service.Name, Position: f.service.Position,
			Message: fmt.Sprintf("the stack has a route for %s, which it had not: the name has to point at the machine", host), Hint: "see hosts in the stack"})
	}
	return notes, ""
}

// federationPort says what becomes of the port at which other servers find the ones that say no other.
func (f *front) federationPort(o *Old, is func(model.Request) (string, bool)) []Note {
	name := literal(o.synapse("server_name"))
	if !publishes(f.service, 8448) || strings.Contains(name, ":") {
		return nil
	}
	n := Note{Weight: Users, Subject: f.service.Name, Position: f.service.Position,
		Message: fmt.Sprintf("its port 8448 is closed: other servers find this one by https://%s/.well-known/matrix/server, some only after a day", name)}
	if by, _ := is(model.Request{Host: name, Path: "/.well-known/matrix/server", Method: "GET"}); by == "" {
		n.Weight, n.Subject = Data, "port 8448"
		n.Message = fmt.Sprintf("its port 8448 is closed, and the stack does not serve https://%s/.well-known/matrix/server: other servers may not find this one", name)
		n.Hint = fmt.Sprintf("see that the document is there and says the port 443; else keep the port by the server name %s:8448", name)
	}
	return []Note{n}
}

// whereTo says where the stack leads a request.
func whereTo(role string) string {
	if role == "" {
		return "nowhere"
	}
	return "to " + role
}
