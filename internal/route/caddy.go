package route

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// linkCaddy fills in the routes of a deployment that a Caddy of the same or of another is in front of, if it can be told which Caddyfile it reads. What a site has that is
// not modelled makes all of its hosts unknown.
func linkCaddy(d, home *model.Deployment) {
	doc, container := caddyfile(home)
	if doc == nil {
		return
	}
	c, ok := readCaddy(doc, d, container, "")
	if !ok || len(c.sites) == 0 {
		return
	}
	routes := c.routes()
	if container == nil && isSampleOf(d, routes) {
		return
	}
	d.Routes = routes
	d.Proxy = &model.Proxy{Kind: "caddy", Service: container, Partial: doc.Template || doc.Excerpt || c.partial}
	if container != nil {
		d.Proxy.Home = home
	}
}

// caddyBlocks returns the blocks of a Caddyfile, with where they stand in the document's file; false if it is none.
func caddyBlocks(doc *model.Document) ([]line, bool) {
	words, ok := lex(doc.Root.Position.File, doc.Root.Text)
	if !ok {
		return nil, false
	}
	for i := range words {
		words[i].at = inside(doc, words[i].at)
	}
	return caddyTree(words)
}

// readCaddy reads a Caddyfile; false if it is not understood. With a port it reads what another proxy finds there, else what clients do.
func readCaddy(doc *model.Document, d *model.Deployment, container *model.Service, port string) (*caddy, bool) {
	tree, ok := caddyBlocks(doc)
	if !ok {
		return nil, false
	}
	if port != "" && movesPorts(tree) {
		return nil, false
	}
	c := &caddy{deployment: d, container: container, inner: port, snippets: map[string][]line{}}
	for _, block := range tree {
		if isSnippet(block) {
			c.snippets[strings.Trim(block.name(), "()")] = block.block
		}
	}
	c.port, c.moved = onlyPort(tree), movesPorts(tree)
	for _, block := range tree {
		if len(block.words) > 0 && !isSnippet(block) {
			c.readSite(block)
		}
	}
	return c, true
}

// inside returns where a place in a text is in the file that holds the text.
func inside(doc *model.Document, at diag.Position) diag.Position {
	start := doc.Root.Position
	if doc.Flat {
		return start
	}
	at.Line += max(start.Line, 1) - 1
	at.Column += max(start.Column, 1) - 1
	return at
}

func isSnippet(block line) bool {
	return len(block.words) == 1 && strings.HasPrefix(block.name(), "(") && strings.HasSuffix(block.name(), ")")
}

// caddyfile returns what the Caddy reads that clients reach, and its container. It is nil if that cannot be told: the file has to be mounted, or be
// the only one that is not, and nothing else may be in front.
func caddyfile(d *model.Deployment) (*model.Document, *model.Service) {
	if d.Guide {
		return nil, nil
	}
	if !slices.ContainsFunc(d.Services, publishesWeb) && !slices.ContainsFunc(d.Of("caddy"), isOnHost) {
		return caddyfileOfHost(d), nil
	}
	var front *model.Service
	for _, s := range d.Of("caddy") {
		switch {
		case !publishesWeb(s) && !isOnHost(s):
		case front != nil:
			return nil, nil
		default:
			front = s
		}
	}
	if front == nil {
		return nil, nil
	}
	if doc := mountedCaddyfile(d, front); doc != nil {
		return doc, front
	}
	return nil, nil
}

func isOnHost(s *model.Service) bool { return s.Node.Get("network_mode").Is("host") }

// caddyfileOfHost returns the only Caddyfile that no container has, or nil. A container without any may have it after all.
func caddyfileOfHost(d *model.Deployment) *model.Document {
	if slices.ContainsFunc(d.Of("caddy"), func(s *model.Service) bool { return mountedCaddyfile(d, s) == nil }) {
		return nil
	}
	var found *model.Document
	for _, doc := range d.Documents {
		isMounted := func(s *model.Service) bool { return mountsCaddyfile(s, doc) }
		if !readsAsCaddyfile(doc) || slices.ContainsFunc(d.Services, isMounted) {
			continue
		}
		if found != nil {
			return nil
		}
		found = doc
	}
	return found
}

// mountedCaddyfile returns the Caddyfile that a container has, or nil.
func mountedCaddyfile(d *model.Deployment, s *model.Service) *model.Document {
	for _, doc := range d.Documents {
		if readsAsCaddyfile(doc) && mountsCaddyfile(s, doc) {
			return doc
		}
	}
	return nil
}

func mountsCaddyfile(s *model.Service, doc *model.Document) bool {
	return slices.ContainsFunc(s.Mounts, func(m model.Mount) bool {
		return m.Document == doc || m.Source != "" && m.Source == doc.Name || m.Target == "/etc/caddy" && m.Source+"/Caddyfile" == doc.Name
	})
}

func readsAsCaddyfile(doc *model.Document) bool {
	return doc.Kind == model.KindCaddy && doc.Format == model.Text && doc.Root != nil
}

// caddy collects the sites of one Caddyfile.
type caddy struct {
	deployment *model.Deployment
	container  *model.Service
	snippets   map[string][]line
	sites      []caddySite
	// inner is the port on which another proxy asks; "" if clients do.
	inner string
	// port is the one of all sites, if they name one, and it is the same; else "".
	port string
	// moved says that options change on which ports sites are.
	moved bool
	// partial says that it is not known which hosts a site has.
	partial bool
}

// caddySite is one site with what answers its requests.
type caddySite struct {
	hosts   []string // with ${} for the environment; "*" for all
	answers []answer
	secure  bool
	// port is where the site is; "" for that of clients, and 443 or 80 where clients use another one, the same for all sites.
	port string
}

// isElsewhere reports whether a site is on a port that clients do not use unless a URL says so.
func (s *caddySite) isElsewhere() bool { return s.port != "" }

// class orders sites: Caddy takes the one whose host is the most exact.
func (s *caddySite) class() int {
	switch host := s.hosts[0]; {
	case host == "*":
		return 0
	case strings.Contains(host, "*"):
		return 1
	}
	return 2
}

// hostName matches a host of a site, with the environment and stars.
var hostName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\*|[\w.*-]|\{\$\w+(:[^}]*)?\})+$`) })

// readSite adds a site. One with hosts of several classes becomes several.
func (c *caddy) readSite(block line) {
	var own []*caddySite
	for _, w := range block.words {
		for text := range strings.SplitSeq(w.text, ",") {
			if text == "" {
				continue
			}
			host, port, secure, ok := siteAddress(text, c.port)
			if ok && port != "" && c.inner == "" {
				switch inside := c.clientPort(); {
				case port == inside:
					port = ""
				case inside != "443":
					ok = false // what leads there is not seen
				}
			}
			if c.inner != "" {
				var there model.Answer
				host, there = innerAddress(text, c.inner)
				if there == model.No {
					continue
				}
				port, secure, ok = "", false, there == model.Yes
			}
			if !ok {
				c.partial = true
				continue
			}
			s := &caddySite{hosts: []string{host}, secure: secure, port: port}
			i := slices.IndexFunc(own, func(o *caddySite) bool { return o.class() == s.class() && o.secure == secure && o.port == port })
			if i < 0 {
				own = append(own, s)
			} else {
				own[i].hosts = append(own[i].hosts, host)
			}
		}
	}
	at := block.words[0].at
	all := []answer{{matches: unclear, at: at}}
	budget := mostImports
	if expanded, ok := expand(block.block, c.snippets, &budget); ok {
		if found, _, ok := (site{upstream: c.upstream}).answers(expanded, true, at); ok {
			all = found
		}
	}
	slices.SortStableFunc(own, func(a, b *caddySite) int { return a.class() - b.class() })
	for _, s := range own {
		s.answers = all
		c.sites = append(c.sites, *s)
	}
}

// clientPort returns the port of the container that the one for HTTPS of the host leads to, or "" if that is not known.
func (c *caddy) clientPort() string {
	switch {
	case c.container == nil || c.moved:
		return ""
	case isOnHost(c.container):
		return "443"
	}
	if s, inside := published(&model.Deployment{Services: []*model.Service{c.container}}, "443"); s != nil {
		return inside
	}
	return ""
}

// onlyPort returns the port that the addresses of all sites have, or "" if there is no such port.
func onlyPort(tree []line) string {
	found := ""
	for _, block := range tree {
		if len(block.words) == 0 || isSnippet(block) {
			continue
		}
		for _, w := range block.words {
			for text := range strings.SplitSeq(w.text, ",") {
				if text == "" {
					continue
				}
				_, port, has := strings.Cut(text[strings.LastIndex(text, "/")+1:], ":")
				if _, err := strconv.Atoi(port); !has || err != nil || found != "" && found != port {
					return ""
				}
				found = port
			}
		}
	}
	return found
}

// movesPorts reports whether the options of a Caddyfile change what sites listen on.
func movesPorts(tree []line) bool {
	return slices.ContainsFunc(tree, func(block line) bool {
		return len(block.words) == 0 && slices.ContainsFunc(block.block, func(option line) bool {
			return slices.Contains([]string{"http_port", "https_port", "auto_https", "servers"}, option.name())
		})
	})
}

// innerAddress returns the host of an address of a site, and answers whether the site is there on a port. On port 80 one without a port or a scheme
// sends everybody on to HTTPS.
func innerAddress(text, asked string) (string, model.Answer) {
	scheme, host, port := addressParts(text)
	own := port
	if own == "" {
		own = map[string]string{"http": "80"}[scheme]
	}
	switch {
	case own == "" && asked == "80", !hostName().MatchString(host), strings.ContainsAny(own, "{}"):
		return "", model.CannotTell
	case own == "":
		own = "443"
	}
	if own != asked {
		return "", model.No
	}
	return environment().ReplaceAllString(host, "$${$1}"), model.Yes
}

// addressParts returns the scheme, the host and the port of an address of a site. The host of all is a star.
func addressParts(text string) (scheme, host, port string) {
	text = strings.TrimSuffix(text, "/")
	scheme, rest, found := strings.Cut(text, "://")
	if !found {
		scheme, rest = "", text
	}
	host = rest
	if i := strings.LastIndex(rest, ":"); i >= 0 && !strings.Contains(rest[i:], "}") {
		host, port = rest[:i], rest[i+1:]
	}
	if host == "" {
		host = "*"
	}
	return scheme, host, port
}

// siteAddress returns the host of an address of a site, and its port if that is one that clients do not use by themselves; false if it has a path. They use that of
// all sites, if they have one.
func siteAddress(text, only string) (host, elsewhere string, secure, ok bool) {
	scheme, host, port := addressParts(text)
	if !hostName().MatchString(host) || port == "8448" && host == "*" {
		return "", "", false, false
	}
	if port != "" && port != only && port != "443" && port != "80" && port != "8448" {
		if _, err := strconv.Atoi(port); err != nil || host == "*" {
			return "", "", false, false
		}
		elsewhere = port
	}
	return environment().ReplaceAllString(host, "$${$1}"), elsewhere, scheme != "http" && port != "80" && port != "8448", true
}
