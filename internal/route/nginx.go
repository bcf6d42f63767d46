package route

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/nginx"
)

// linkNginx fills in the routes of a deployment that an nginx of the same or of another is in front of, if it can be told what it reads. What is not modelled in a server
// makes all of its hosts unknown, and in a location what the location takes.
func linkNginx(d, home *model.Deployment) {
	files := frontNginx(home)
	if files == nil {
		return
	}
	files.deployment = d
	n := readNginx(files)
	if n == nil || len(n.servers) == 0 {
		return
	}
	port, known := n.publicPort()
	if !known {
		return
	}
	routes := n.routes(port)
	if files.container == nil && isSampleOf(d, routes) {
		return
	}
	d.Routes = routes
	d.Proxy = &model.Proxy{Kind: "nginx", Service: files.container, Partial: n.partial, Guessed: files.guessed}
	if files.container != nil {
		d.Proxy.Home = home
	}
}

// frontNginx returns the files of the nginx that clients reach: the only one that publishes a port of the web, or one of the host if no
// container does. nil if there is none.
func frontNginx(d *model.Deployment) *nginxFiles {
	if d.Guide {
		return nil
	}
	var fronts []*model.Service
	for _, s := range d.Services {
		if !s.Inactive && (publishesWeb(s) || s.Product == "nginx" && s.Node.Get("network_mode").Is("host")) {
			fronts = append(fronts, s)
		}
	}
	switch {
	case len(fronts) == 0:
		return hostFiles(d)
	case len(fronts) == 1 && fronts[0].Product == "nginx":
		return containerFiles(d, fronts[0])
	}
	return nil
}

// nginxProxy is what an nginx has in its block http.
type nginxProxy struct {
	*nginxFiles
	servers   []*nginxServer
	upstreams map[string][]nginx.Directive
	// splits are the variables that split_clients gives one of several values.
	splits map[string][]nginx.Directive
	// outer is what all servers inherit.
	outer scope
	// chosen are the servers for hosts that were asked for.
	chosen map[string]choice
	// partial says that there may be servers that are not visible.
	partial bool
	// firstAnswers says that requests for a host that no server has are known to come: the first server takes them.
	firstAnswers bool
}

// readNginx reads the files of an nginx; nil if it cannot be told what it reads, or if that is not understood.
func readNginx(f *nginxFiles) *nginxProxy {
	n := &nginxProxy{nginxFiles: f, upstreams: map[string][]nginx.Directive{}, splits: map[string][]nginx.Directive{}, chosen: map[string]choice{}}
	http, ok := n.http()
	if !ok {
		return nil
	}
	n.outer = scope{}.enter(http)
	for _, d := range http {
		switch name := d.Name(); {
		case name == "server" && d.HasBlock:
			n.servers = append(n.servers, n.server(d))
		case name == "upstream" && d.HasBlock:
			n.upstreams[d.Argument(0)] = d.Block
		case name == "split_clients" && d.HasBlock:
			n.splits[d.Argument(1)] = d.Block
		case name == "include", name == unseen:
			n.partial = true
		}
	}
	return n
}

// http returns what stands in the block http: of the main file, or if that is the one of a package, what it includes.
func (n *nginxProxy) http() ([]nginx.Directive, bool) {
	budget := mostIncluded
	if n.container == nil {
		return n.httpOfHost(&budget)
	}
	at := nginxFolder + "/nginx.conf"
	if command := words(n.container.Node.Get("command")); len(command) > 0 && command[0].Text == "nginx" {
		var texts []string
		for _, word := range command {
			texts = append(texts, word.Text)
		}
		if named := model.OptionValues(texts, "-c"); len(named) == 1 {
			at = named[0]
		}
	}
	if doc := n.at[at]; doc != nil {
		n.partial = doc.Excerpt
		directives, ok := n.parse(doc)
		http := find(n.expand(directives, 0, &budget), "http")
		if !ok || http == nil {
			return nil, false
		}
		return http.Block, true
	}
	if at != nginxFolder+"/nginx.conf" || mountsWhole(n.container) {
		return nil, false
	}
	all := []nginx.Directive{{Words: []nginx.Word{{Text: "include"}, {Text: serverFolder + "/*.conf"}}}}
	return n.expand(all, 0, &budget), true
}

// mountsWhole reports whether a container has a folder of its own where nginx looks for the main file, and that file is not visible.
func mountsWhole(s *model.Service) bool {
	return slices.ContainsFunc(s.Mounts, func(m model.Mount) bool { return m.Target == nginxFolder || m.Target == nginxFolder+"/nginx.conf" })
}

// httpOfHost returns what the block http of an nginx of the host has: one file has that block, or all are parts of it.
func (n *nginxProxy) httpOfHost(budget *int) ([]nginx.Directive, bool) {
	parsed := map[*model.Document][]nginx.Directive{}
	included := map[*model.Document]bool{}
	for _, at := range n.sorted() {
		directives, ok := n.parse(n.at[at])
		if !ok {
			n.partial = true
			continue
		}
		parsed[n.at[at]] = directives
		n.noteIncludes(directives, included)
	}
	var all []nginx.Directive
	mains := 0
	for _, at := range n.sorted() {
		doc := n.at[at]
		n.partial = n.partial || doc.Excerpt
		if parsed[doc] == nil || included[doc] {
			continue
		}
		if http := find(parsed[doc], "http"); http != nil {
			mains++
			all = append(all, http.Block...)
		} else if find(parsed[doc], "server") != nil || find(parsed[doc], "upstream") != nil {
			all = append(all, parsed[doc]...)
		}
	}
	return n.expand(all, 0, budget), mains < 2
}

// noteIncludes notes the documents that others include.
func (n *nginxProxy) noteIncludes(block []nginx.Directive, included map[*model.Document]bool) {
	for _, d := range block {
		if d.Name() == "include" {
			docs, _ := n.included(d.Argument(0))
			for _, doc := range docs {
				included[doc] = true
			}
		}
		n.noteIncludes(d.Block, included)
	}
}

// find returns the first directive of that name with a block, or nil.
func find(block []nginx.Directive, name string) *nginx.Directive {
	for i, d := range block {
		if d.Name() == name && d.HasBlock {
			return &block[i]
		}
	}
	return nil
}

// isSilent reports whether a directive leaves requests and answers as they are, as far as routes go.
func isSilent(name string) bool {
	for _, prefix := range []string{"proxy_", "ssl_", "gzip", "client_", "keepalive_", "http2", "http3", "quic", "brotli", "zstd", "open_file_cache",
		"limit_conn", "limit_req", "limit_rate", "fastcgi_", "uwsgi_", "scgi_", "grpc_", "large_client", "types", "variables_", "log_", "real_ip",
		"tcp_", "more_", "add_", "resolver", "charset", "sub_", "mirror", "etag", "expires", "sendfile", "send_", "server_tokens", "access_log", "error_log", "default_type"} {
		if strings.HasPrefix(name, prefix) && !strings.HasSuffix(name, "_pass") {
			return true
		}
	}
	return slices.Contains([]string{"listen", "server_name", "ssl", "root", "alias", "index", "autoindex", "error_page", "set_real_ip_from", "output_buffers",
		"aio", "directio", "chunked_transfer_encoding", "if_modified_since", "ignore_invalid_headers", "underscores_in_headers", "port_in_redirect",
		"absolute_redirect", "server_name_in_redirect", "reset_timedout_connection", "max_ranges", "lingering_close", "lingering_time",
		"lingering_timeout", "request_pool_size", "connection_pool_size", "postpone_output", "recursive_error_pages", "msie_padding", "rewrite_log",
		"disable_symlinks", "read_ahead", "map_hash_bucket_size", "satisfy", "allow", "deny", "auth_basic", "auth_basic_user_file", "auth_request",
		"auth_request_set", "limit_except", "location", "set", "if", "return", "rewrite", "break", "try_files", "internal",
		"merge_slashes", "proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass", "status_zone", "override_charset"}, name)
}
