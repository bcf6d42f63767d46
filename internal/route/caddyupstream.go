package route

import (
	"net/url"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// upstream returns the backend at an address of reverse_proxy.
func (c *caddy) upstream(w word) (model.Backend, bool) {
	text := w.text
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil || strings.ContainsAny(text, "{}$*") || strings.Contains(text, "unix/") || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" {
		return model.Backend{}, false
	}
	b := model.Backend{Host: u.Hostname(), Scheme: u.Scheme, Position: w.at}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "h2c": "80", "https": "443"}[u.Scheme]
	}
	isOwn := c.container != nil && !c.container.Node.Get("network_mode").Is("host")
	if b.Host == "localhost" || b.Host == "127.0.0.1" || b.Host == "[::1]" {
		if isOwn { // nobody, or Caddy itself
			b.Port = &model.Node{Kind: model.Int, Text: port, Position: w.at}
			return b, false
		}
		if b.Service, port = published(c.deployment, port); b.Service == nil {
			return b, false
		}
	} else if b.Service = c.deployment.ServiceAt(b.Host); b.Service == nil && !isOwn {
		return b, false
	}
	b.Port = &model.Node{Kind: model.Int, Text: port, Position: w.at}
	return b, true
}

// sentByCaddy returns the host that requests arrive with: their own, unless header_up says otherwise. Since 2.11 that is so for HTTP alone.
func sentByCaddy(options []line, b model.Backend) string {
	sent := ""
	if b.Scheme == "https" {
		sent = model.UnknownHost
	}
	for _, option := range options {
		if option.name() != "header_up" || len(option.words) < 2 || !strings.EqualFold(strings.TrimLeft(option.words[1].text, "+-"), "Host") {
			continue
		}
		value := ""
		if len(option.words) == 3 {
			value = option.words[2].text
		}
		switch value {
		case "{host}", "{hostport}", "{http.request.host}", "{http.request.hostport}":
			sent = ""
		case "{upstream_hostport}", "{http.reverse_proxy.upstream.hostport}", "{http.reverse_proxy.upstream.host}":
			sent = b.Host
		default:
			if sent = strings.ToLower(value); sent == "" || strings.ContainsAny(sent, "{}$") {
				sent = model.UnknownHost
			}
		}
	}
	return sent
}

// published returns the service that publishes a port of the host, and the port of its container; or the one that listens there, in the network of
// the host.
func published(d *model.Deployment, port string) (*model.Service, string) {
	for _, s := range d.Services {
		ports := s.Node.Get("ports")
		if ports == nil {
			continue
		}
		for _, item := range ports.Items {
			text, _, _ := strings.Cut(item.Text, "/")
			parts := strings.Split(text, ":")
			if !item.Unknown && len(parts) > 1 && parts[len(parts)-2] == port {
				return s, parts[len(parts)-1]
			}
			if item.Get("published").Is(port) {
				if target, known := item.Get("target").Literal(); known {
					return s, target
				}
			}
		}
	}
	return hostListener(d, port), port
}

// hostListener returns the service in the network of the host whose configuration has it listen on a port, or nil.
func hostListener(d *model.Deployment, port string) *model.Service {
	isOnHost := func(c *model.Configuration) bool {
		return c != nil && c.Service != nil && c.Service.Node.Get("network_mode").Is("host")
	}
	if isOnHost(d.Synapse) {
		for _, l := range d.Synapse.At("listeners").Entered() {
			if l.Get("port").Is(port) {
				return d.Synapse.Service
			}
		}
	}
	if isOnHost(d.MAS) {
		for _, l := range d.MAS.At("http", "listeners").Entered() {
			for _, b := range l.ItemsAt("binds") {
				if address, known := b.Get("address").Literal(); b.Get("port").Is(port) || known && strings.HasSuffix(address, ":"+port) {
					return d.MAS.Service
				}
			}
		}
	}
	return nil
}
