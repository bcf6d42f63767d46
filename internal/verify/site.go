package verify

import (
	"net/url"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// site is what the files say that the public sees.
type site struct {
	d *model.Deployment
	// serverName is what stands behind the colon of user ids, and apex its host.
	serverName, apex string
	nameAt           diag.Position
	// home is where clients reach Synapse, mas where people reach MAS. Without a URL it is not known, or there is none.
	home, mas place
	// issuer is what MAS calls itself.
	issuer    string
	delegated bool
	// compiled says that a stack gave the files: what matters is then not the line of a route, but what it follows from.
	compiled  bool
	elements  []element
	providers []provider
}

// place is a public URL, and the line that says it.
type place struct {
	*url.URL
	at diag.Position
}

// known reports whether there is a URL.
func (p place) known() bool { return p.URL != nil }

// to returns the URL of a path below the place.
func (p place) to(path string) string {
	u := *p.URL
	u.Path = strings.TrimSuffix(u.Path, "/") + path
	return u.String()
}

// element is an Element Web that is routed, and the homeserver that its configuration names.
type element struct {
	place
	baseURL string
	baseAt  diag.Position
}

// of returns what the files of a deployment say.
func of(d *model.Deployment) *site {
	s := &site{d: d, compiled: len(d.Slots) > 0 || d.Sealed != nil}
	how := matrix.DelegationOf(d.Synapse)
	s.delegated = how == matrix.Delegated || how == matrix.DelegatedByMSC3861
	if name, known := literal(d.Synapse.At("server_name")); known {
		s.serverName, s.nameAt = name, d.Synapse.At("server_name").Position
	} else if name, known := literal(d.MAS.At("matrix", "homeserver")); known {
		s.serverName, s.nameAt = name, d.MAS.At("matrix", "homeserver").Position
	}
	s.apex = strings.ToLower(container.HostOf(s.serverName))
	s.home = s.homeserver()
	if base, known := matrix.PublicBase(d); known && s.runsMAS() && publicURL(base.String(), diag.Position{}).known() {
		s.mas = place{base, d.MAS.At("http", "public_base").Position}
		s.issuer = base.String()
		if text, known := literal(d.MAS.At("http", "issuer")); known {
			s.issuer = withSlash(text)
		}
	}
	s.elements = s.elementWebs()
	if s.mas.known() {
		s.providers = s.providersOfMAS()
	}
	if s.home.known() && how == matrix.NotDelegated {
		s.providers = append(s.providers, s.providersOfSynapse()...)
	}
	return s
}

// runsMAS reports whether MAS runs: one that starts with a profile alone is prepared.
func (s *site) runsMAS() bool {
	return s.d.MAS == nil || s.d.MAS.Service == nil || !s.d.MAS.Service.Inactive
}

// literal returns the text of a value that is no placeholder.
func literal(n *model.Node) (string, bool) {
	text, known := n.Literal()
	return text, known && text != "" && !placeholder.In(text)
}

// withSlash returns a URL as MAS writes it: one without a path ends in a slash.
func withSlash(text string) string {
	if u, err := url.Parse(text); err == nil && u.Host != "" && u.Path == "" {
		u.Path = "/"
		return u.String()
	}
	return text
}

// homeserver returns where clients reach Synapse: as it says itself, or by the proxy, or else at the server name, which is its default.
func (s *site) homeserver() place {
	if s.d.Synapse == nil {
		return place{}
	}
	node := s.d.Synapse.At("public_baseurl")
	if text, known := literal(node); known {
		return publicURL(text, node.Position)
	}
	if hosts := matrix.HomeserverHosts(s.d); len(hosts) == 1 && !placeholder.In(hosts[0]) {
		return publicURL("https://"+hosts[0], s.d.Synapse.Nearest("server_name"))
	}
	if s.d.Synapse.Lacks("public_baseurl") == model.Yes && s.serverName != "" {
		return publicURL("https://"+s.serverName, s.nameAt)
	}
	return place{}
}

// publicURL returns the place of a URL, or none for what is no URL of the web.
func publicURL(text string, at diag.Position) place {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || placeholder.In(text) {
		return place{}
	}
	u.Host, u.RawQuery, u.Fragment = strings.TrimSuffix(strings.ToLower(u.Host), ":443"), "", ""
	return place{u, at}
}

// elementWebs returns the hosts of Element Web.
func (s *site) elementWebs() []element {
	var found []element
	for i := range s.d.Routes {
		r := &s.d.Routes[i]
		if !r.Serves || !r.ReachesProduct("element") {
			continue
		}
		for _, host := range r.Matcher.Hosts() {
			at := publicURL("https://"+host, s.elementAt(host, r))
			known := slices.ContainsFunc(found, func(e element) bool { return e.Host == strings.ToLower(host) })
			if !at.known() || known || !strings.Contains(host, ".") {
				continue
			}
			e := element{place: at}
			if base, known := literal(matrix.ElementBaseURL(s.d.Element)); known {
				e.baseURL, e.baseAt = base, matrix.ElementBaseURL(s.d.Element).Position
			}
			found = append(found, e)
		}
	}
	return found
}

// elementAt returns the line that says on which host Element Web is.
func (s *site) elementAt(host string, r *model.Route) diag.Position {
	client := s.d.Synapse.At("web_client_location")
	if named, known := matrix.PublicHost(client); s.compiled && known && named == strings.ToLower(host) {
		return client.Position
	}
	return matrix.RulePosition(r)
}

// at returns the line that decides a value of a configuration, or what is nearest.
func at(c *model.Configuration, path ...string) diag.Position {
	if c == nil || c.Root == nil {
		return diag.Position{}
	}
	return c.Nearest(path...)
}

// routeAt returns the line of the route that takes a request, or another line where there is none.
func (s *site) routeAt(address string, method string, otherwise diag.Position) diag.Position {
	u, err := url.Parse(address)
	if err != nil || s.d.Proxy == nil || s.compiled {
		return otherwise
	}
	routes, _ := s.d.Answering(model.Request{Host: u.Hostname(), Path: u.Path, Method: method})
	if len(routes) == 0 {
		return otherwise
	}
	return matrix.RulePosition(routes[0])
}
