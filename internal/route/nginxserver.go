package route

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/nginx"
)

// nginxServer is a server of nginx: hosts on ports, and what answers there.
type nginxServer struct {
	names   []serverName
	listens []listen
	// anywhere says that it may have further ports.
	anywhere bool
	block    []nginx.Directive
	at       diag.Position
}

// serverName is a name of a server.
type serverName struct {
	text string
	// class orders names: the lowest that matches counts.
	class   int
	matches condition
}

// The classes of names, in the order in which nginx tries them. Before these comes a name that is the host as it stands, references and all:
// one name is that of one server.
const (
	literalName = iota
	exactName
	leadingStar
	trailingStar
	expressionName
	classes
)

// listen is a port on which a server answers.
type listen struct {
	port      int
	tls       bool
	isDefault bool
}

// server reads a block. With an include that is not visible it may listen anywhere.
func (n *nginxProxy) server(d nginx.Directive) *nginxServer {
	s := &nginxServer{block: d.Block, at: d.Position()}
	tls, standard := false, true
	for _, d := range s.block {
		switch d.Name() {
		case "listen":
			standard = false
			if l, ok := readListen(d.Arguments()); ok {
				s.listens = append(s.listens, l)
			} else if isReference(d.Argument(0)) {
				s.anywhere = true
			}
		case "server_name":
			for _, w := range d.Arguments() {
				s.names = append(s.names, readNames(w)...)
			}
		case "ssl":
			tls = d.Argument(0) == "on"
		case "include", unseen:
			s.anywhere = true
		}
	}
	if standard && !s.anywhere {
		s.listens = []listen{{port: 80}}
	}
	for i := range s.listens {
		s.listens[i].tls = s.listens[i].tls || tls
	}
	return s
}

// readListen reads a directive listen; false if nobody outside of the host reaches what it opens.
func readListen(words []nginx.Word) (listen, bool) {
	if len(words) == 0 || strings.HasPrefix(words[0].Text, "unix:") {
		return listen{}, false
	}
	l := listen{port: 80}
	address := words[0].Text
	host, port := address, ""
	if i := strings.LastIndex(address, ":"); i >= 0 && !strings.HasSuffix(address, "]") {
		host, port = address[:i], address[i+1:]
	} else if _, err := strconv.Atoi(address); err == nil {
		host, port = "", address
	}
	if port != "" {
		number, err := strconv.Atoi(port)
		if err != nil {
			return listen{}, false
		}
		l.port = number
	}
	if host == "localhost" || host == "[::1]" || strings.HasPrefix(host, "127.") {
		return listen{}, false
	}
	for _, w := range words[1:] {
		switch w.Text {
		case "ssl", "quic":
			l.tls = true
		case "default_server", "default":
			l.isDefault = true
		case "proxy_protocol":
			return l, true
		}
	}
	return l, true
}

// readNames reads a name of a server: .example.org is two.
func readNames(w nginx.Word) []serverName {
	text := strings.ToLower(w.Text)
	rest, dotted := strings.CutPrefix(text, ".")
	switch {
	case strings.HasPrefix(text, "~"):
		return []serverName{{text: w.Text, class: expressionName, matches: hostExpression(w.Text[1:])}}
	case dotted:
		return []serverName{{text: rest, class: exactName, matches: ofHost(rest)}, {text: "*." + rest, class: leadingStar, matches: below(rest)}}
	case strings.HasPrefix(text, "*."):
		return []serverName{{text: text, class: leadingStar, matches: below(text[2:])}}
	case strings.HasSuffix(text, ".*"):
		prefix := text[:len(text)-1]
		return []serverName{{text: text, class: trailingStar, matches: func(r model.Request) (bool, bool) {
			return strings.HasPrefix(strings.ToLower(r.Host), prefix), !isReference(prefix + r.Host)
		}}}
	case strings.ContainsAny(text, "<>"): // a place that somebody is to fill in
		return []serverName{{text: w.Text, class: exactName, matches: func(r model.Request) (bool, bool) {
			return strings.EqualFold(r.Host, text), strings.EqualFold(r.Host, text)
		}}}
	}
	return []serverName{{text: w.Text, class: exactName, matches: ofHost(w.Text)}}
}

// below matches the hosts below a domain, in any depth: a star of nginx stands for several labels.
func below(domain string) condition {
	return func(r model.Request) (bool, bool) {
		matches := strings.HasSuffix(strings.ToLower(r.Host), "."+domain)
		return matches, matches || !isReference(domain+r.Host)
	}
}

// hostExpression matches hosts by a regular expression, without regard to case.
func hostExpression(text string) condition {
	expression, err := regexp.Compile("(?i)" + text)
	if err != nil || isReference(text) {
		return unclear
	}
	return func(r model.Request) (bool, bool) { return expression.MatchString(r.Host), !isReference(r.Host) }
}

// on returns how a server listens on a port; nil if it does not. One of which no port is visible may listen on any.
func (s *nginxServer) on(port int) *listen {
	if i := slices.IndexFunc(s.listens, func(l listen) bool { return l.port == port }); i >= 0 {
		return &s.listens[i]
	}
	if s.anywhere && len(s.listens) == 0 {
		return &listen{port: port, tls: true}
	}
	return nil
}

// isCatchAll reports whether a server is meant for hosts that nobody names. The first server takes these too, but with TLS it has no
// certificate for them.
func (s *nginxServer) isCatchAll(on *listen) bool {
	return on.isDefault || len(s.names) == 0 || slices.ContainsFunc(s.names, func(n serverName) bool { return n.text == "_" || n.text == "" })
}

// publicPort returns the port of nginx that clients reach by HTTPS, or else by HTTP. That of HTTPS may be another than usual, if there is one alone.
func (n *nginxProxy) publicPort() (int, bool) {
	if port, one := n.onlyTLS(); one {
		return port, true
	}
	for _, port := range []string{"443", "80"} {
		own := port
		if n.container != nil && !n.container.Node.Get("network_mode").Is("host") {
			_, own = published(&model.Deployment{Services: []*model.Service{n.container}}, port)
		}
		number, err := strconv.Atoi(own)
		if err == nil && slices.ContainsFunc(n.servers, func(s *nginxServer) bool { return s.on(number) != nil }) {
			return number, true
		}
	}
	return 0, false
}

// onlyTLS returns the port on which servers speak TLS, if there is one, and it is the same for all of them. One in a container has to be published.
func (n *nginxProxy) onlyTLS() (int, bool) {
	found := 0
	for _, s := range n.servers {
		for _, l := range s.listens {
			switch {
			case !l.tls:
			case found != 0 && found != l.port:
				return 0, false
			default:
				found = l.port
			}
		}
	}
	if found == 0 || found == 443 || found == 8448 { // the last may be for servers alone
		return 0, false
	}
	return found, n.container == nil || opens(n.container, strconv.Itoa(found))
}

// opens reports whether a container publishes one of its ports under the same number.
func opens(s *model.Service, port string) bool {
	_, own := published(&model.Deployment{Services: []*model.Service{s}}, port)
	return own == port
}

// takes returns whether a server takes the requests for hosts on a port: it has the name of the best class, or the host has no name at all
// and the server is for these.
func (n *nginxProxy) takes(server *nginxServer, port int) condition {
	return func(r model.Request) (matches, known bool) {
		c := n.choose(r, port)
		switch {
		case c.taker == server:
			return true, !slices.ContainsFunc(c.unsure, func(s *nginxServer) bool { return s != server })
		case c.taker == nil && len(c.unsure) == 0 && !n.hasTLS(port):
			return false, false // the first server answers, which it may or may not be meant for
		}
		return false, !slices.Contains(c.unsure, server)
	}
}

// choice is the server that takes the requests for a host: nil for none. Those in unsure may take them instead.
type choice struct {
	taker  *nginxServer
	unsure []*nginxServer
}

// choose returns the server for a host on a port. What was asked once is remembered: every route asks.
func (n *nginxProxy) choose(r model.Request, port int) choice {
	key := strconv.Itoa(port) + " " + r.Host
	if c, done := n.chosen[key]; done {
		return c
	}
	var c choice
	for class := literalName; class < classes && c.taker == nil; class++ {
		c.taker = n.named(class, port, r, &c.unsure)
	}
	if c.taker == nil {
		c.taker = n.catchAll(port)
	}
	n.chosen[key] = c
	return c
}

// named returns the server that has a name of the class for a request: the first one, or of names with stars the longest. Servers of which
// that is not known are added to unsure.
func (n *nginxProxy) named(class, port int, r model.Request, unsure *[]*nginxServer) *nginxServer {
	var best *nginxServer
	longest := -1
	for _, s := range n.servers {
		if s.on(port) == nil {
			continue
		}
		for _, name := range s.names {
			matches, known := strings.EqualFold(name.text, r.Host), true
			switch {
			case class == literalName && name.class == exactName:
			case class != name.class:
				continue
			default:
				matches, known = name.matches(r)
			}
			length := 0
			if class == leadingStar || class == trailingStar {
				length = len(name.text)
			}
			switch {
			case !known:
				*unsure = append(*unsure, s)
			case matches && length > longest:
				best, longest = s, length
			}
		}
	}
	return best
}

// catchAll returns the server for hosts that nobody names: the one that says so, or else the first, if it is meant for them. nil if none is.
func (n *nginxProxy) catchAll(port int) *nginxServer {
	var first *nginxServer
	for _, s := range n.servers {
		switch on := s.on(port); {
		case on == nil:
		case on.isDefault:
			return s
		case first == nil:
			first = s
		}
	}
	if first == nil || !n.firstAnswers && !first.isCatchAll(first.on(port)) {
		return nil
	}
	return first
}

func (n *nginxProxy) hasTLS(port int) bool {
	return slices.ContainsFunc(n.servers, func(s *nginxServer) bool { on := s.on(port); return on != nil && on.tls })
}
