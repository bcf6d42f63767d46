package adopt

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/nginx"
	"github.com/matrixgen/matrixgen/internal/route"
)

// whyNginx reads the block http, and says what of it the one of a stack does not have. What is handed on, and to whom, the routes tell.
func (o *Old) whyNginx(f *front) string {
	if n := f.service.Node.Get("command"); n.IsSet() {
		if !strings.Contains(strings.Join(append(textsOf(n), n.Text), " "), "nginx -s reload") {
			return fmt.Sprintf("it is started in a way of its own (%s:%d)", n.Position.File, n.Position.Line)
		}
		f.note(Step, n.Position, "it read its certificates anew by itself, and the one of a stack does not: without that they expire",
			"let what renews them call docker compose exec nginx nginx -s reload, or a timer once a day")
	}
	http, known := route.Directives(o.Given, f.service)
	if !known {
		return "not all that it reads is among the files, and what is not may serve others"
	}
	c := &certified{}
	for _, d := range http {
		why := ""
		switch {
		case d.Name() == "server":
			why = c.server(d)
		case !isOfHTTP(d.Name()):
			why = "its directive " + d.Name() + " is one that no field says"
		}
		if why != "" {
			return fmt.Sprintf("%s (%s:%d)", why, d.Position().File, d.Position().Line)
		}
	}
	return o.whyCertificates(f, c)
}

// isOfHTTP reports whether a directive of the block http changes neither who is served nor whereto.
func isOfHTTP(name string) bool {
	for _, prefix := range []string{"ssl_", "gzip", "proxy_", "client_", "keepalive_", "types", "log_format", "send", "tcp_", "map_hash", "server_names_hash"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return slices.Contains([]string{"upstream", "map", "access_log", "error_log", "server_tokens", "default_type", "resolver", "charset", "http2", "merge_slashes", "add_header", "reset_timedout_connection", "large_client_header_buffers"}, name)
}

// certified are the certificates of servers, and where the answers to challenges are.
type certified struct {
	// hosts are the names of the servers with TLS, and chains and keys their files.
	hosts        [][]string
	chains, keys []string
	webroot      string
	at           *model.Node
}

// server reads a server.
func (c *certified) server(d nginx.Directive) string {
	var names []string
	chain, key, secure, other := "", "", false, ""
	for _, inner := range d.Block {
		switch inner.Name() {
		case "listen":
			secure = secure || slices.ContainsFunc(inner.Arguments(), func(w nginx.Word) bool { return w.Text == "ssl" })
		case "server_name":
			for _, w := range inner.Arguments() {
				names = append(names, w.Text)
			}
		case "ssl_certificate":
			chain = inner.Argument(0)
			c.at = &model.Node{Position: inner.Position()}
		case "ssl_certificate_key":
			key = inner.Argument(0)
		case "location":
			if folder := challenge(inner); folder != "" {
				c.webroot = folder
			} else if !redirectsOnly(inner.Block) {
				other = inner.Argument(0)
			}
		case "if":
			if !redirectsOnly(inner.Block) {
				return "it decides by an if"
			}
		}
	}
	switch {
	case !secure && other != "":
		return fmt.Sprintf("it answers %s without TLS", other)
	case secure && chain == "" && slices.ContainsFunc(d.Block, func(inner nginx.Directive) bool {
		return inner.Name() == "ssl_reject_handshake" || inner.Name() == "return"
	}):
		return ""
	case secure && (chain == "" || key == "" || strings.Contains(chain+key, "$")):
		return "which certificates it has cannot be told"
	case secure:
		c.hosts, c.chains, c.keys = append(c.hosts, names), append(c.chains, chain), append(c.keys, key)
	}
	return ""
}

// challenge returns the folder that a location for answers to the HTTP challenge has; "" for another location.
func challenge(d nginx.Directive) string {
	if !strings.Contains(strings.Join(wordsOf(d), " "), "/.well-known/acme-challenge") {
		return ""
	}
	for _, inner := range d.Block {
		if inner.Name() == "root" {
			return inner.Argument(0)
		}
	}
	return ""
}

func wordsOf(d nginx.Directive) []string {
	var all []string
	for _, w := range d.Words {
		all = append(all, w.Text)
	}
	return all
}

// redirectsOnly reports whether a block sends everybody to HTTPS, or away.
func redirectsOnly(block []nginx.Directive) bool {
	for _, d := range block {
		isAway := strings.HasPrefix(d.Argument(0), "4") || strings.HasPrefix(d.Argument(0), "30") && strings.HasPrefix(d.Argument(1), "https://$")
		if d.Name() != "return" || !isAway {
			return false
		}
	}
	return len(block) > 0
}

// whyCertificates takes the folder of the certificates, and what they are called there.
func (o *Old) whyCertificates(f *front, c *certified) string {
	if len(c.chains) == 0 {
		return "it has no certificates"
	}
	m := f.service.MountAt(c.chains[0])
	if m == nil || m.Type != "bind" || m.Document != nil {
		return "its certificates are not in a folder of the machine, where the nginx of a stack has them: move them into one, and mount that"
	}
	below := func(file string) (string, bool) { return strings.CutPrefix(file, m.Target+"/") }
	for _, files := range []struct {
		field string
		all   []string
	}{{"chain", c.chains}, {"key", c.keys}} {
		name, why := pattern(files.all, c.hosts)
		if why != "" {
			return why
		}
		rest, inside := below(name)
		if !inside {
			return "its certificates are in several folders"
		}
		f.say("certificates."+files.field, text(rest), c.at)
	}
	f.say("certificates.path", text(o.hostPath(m.Source)), c.at)
	f.made[m.Target] = true
	if c.webroot == "" {
		return ""
	}
	root := f.service.MountAt(c.webroot)
	if root == nil || root.Type != "bind" {
		return "the answers to challenges are not in a folder of the machine, where the nginx of a stack has them: move them into one, and mount that"
	}
	f.made[root.Target] = true
	f.say("certificates.webroot", text(path.Join(o.hostPath(root.Source), strings.TrimPrefix(c.webroot, root.Target))), c.at)
	return ""
}

// pattern returns the name that files have with {host} for the host of their server, or the one that all have.
func pattern(files []string, hosts [][]string) (name, why string) {
	for i, file := range files {
		own := file
		if len(hosts[i]) == 1 {
			own = strings.ReplaceAll(file, hosts[i][0], "{host}")
		}
		if i == 0 || name == own {
			name = own
			continue
		}
		name = ""
		break
	}
	if name != "" {
		return name, ""
	}
	for _, file := range files {
		if file != files[0] {
			return "", "its servers have certificates that are called after other hosts than theirs"
		}
	}
	return files[0], ""
}
