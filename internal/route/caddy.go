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
	c, ok := readCaddy(doc, d, container)
	if !ok || len(c.sites) == 0 {
		return
	}
	d.Routes = c.routes()
	d.Proxy = &model.Proxy{Kind: "caddy", Service: container, Partial: doc.Template || doc.Excerpt || c.partial}
	if container != nil {
		d.Proxy.Home = home
	}
}

// readCaddy reads a Caddyfile; false if it is not understood.
func readCaddy(doc *model.Document, d *model.Deployment, container *model.Service) (*caddy, bool) {
	words, ok := lex(doc.Root.Position.File, doc.Root.Text)
	if !ok {
		return nil, false
	}
	for i := range words {
		words[i].at = inside(doc, words[i].at)
	}
	tree, ok := caddyTree(words)
	if !ok {
		return nil, false
	}
	c := &caddy{deployment: d, container: container, snippets: map[string][]line{}}
	for _, block := range tree {
		if isSnippet(block) {
			c.snippets[strings.Trim(block.name(), "()")] = block.block
		}
	}
	c.port = onlyPort(tree)
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

// caddyfile returns what Caddy reads, and its container. It is nil if that cannot be told: the file has to be mounted, or the only one, and
// nothing else may be in front.
func caddyfile(d *model.Deployment) (*model.Document, *model.Service) {
	var all []*model.Document
	for _, doc := range d.Documents {
		if readsAsCaddyfile(doc) {
			all = append(all, doc)
		}
	}
	containers := d.Of("caddy")
	switch {
	case d.Guide:
		return nil, nil
	case len(containers) == 0 && len(all) == 1 && !slices.ContainsFunc(d.Services, publishesWeb):
		return all[0], nil
	case len(containers) != 1 || !publishesWeb(containers[0]) && !containers[0].Node.Get("network_mode").Is("host"):
		return nil, nil
	}
	for _, doc := range all {
		for _, m := range containers[0].Mounts {
			if m.Document == doc || m.Source != "" && m.Source == doc.Name || m.Target == "/etc/caddy" && m.Source+"/Caddyfile" == doc.Name {
				return doc, containers[0]
			}
		}
	}
	return nil, nil
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
	// port is the one of all sites, if they name one, and it is the same; else "".
	port string
	// partial says that it is not known which hosts a site has.
	partial bool
}

// caddySite is one site with what answers its requests.
type caddySite struct {
	hosts   []string // with ${} for the environment; "*" for all
	answers []answer
	secure  bool
}

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
	byClass := map[int]*caddySite{}
	for _, w := range block.words {
		for text := range strings.SplitSeq(w.text, ",") {
			if text == "" {
				continue
			}
			host, secure, ok := siteAddress(text, c.port)
			if !ok {
				c.partial = true
				continue
			}
			s := caddySite{hosts: []string{host}, secure: secure}
			key := s.class()*2 + map[bool]int{true: 1}[secure]
			if byClass[key] == nil {
				byClass[key] = &s
			} else {
				byClass[key].hosts = append(byClass[key].hosts, host)
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
	for key := range 6 {
		if s := byClass[key]; s != nil {
			s.answers = all
			c.sites = append(c.sites, *s)
		}
	}
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

// siteAddress returns the host of an address of a site; false if it has a path, or a port that clients may not use: they use that of all sites.
func siteAddress(text, only string) (host string, secure, ok bool) {
	text = strings.TrimSuffix(text, "/")
	scheme, rest, found := strings.Cut(text, "://")
	if !found {
		scheme, rest = "", text
	}
	host, port := rest, ""
	if i := strings.LastIndex(rest, ":"); i >= 0 && !strings.Contains(rest[i:], "}") {
		host, port = rest[:i], rest[i+1:]
	}
	if host == "" {
		host = "*"
	}
	if !hostName().MatchString(host) || port != "" && port != only && port != "443" && port != "80" && port != "8448" || port == "8448" && host == "*" {
		return "", false, false
	}
	return environment().ReplaceAllString(host, "$${$1}"), scheme != "http" && port != "80" && port != "8448", true
}
