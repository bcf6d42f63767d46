package adopt

import (
	"net/netip"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/model"
)

// turnDocument returns the one document that a coturn reads, or nil.
func turnDocument(d *model.Deployment, s *model.Service) *model.Document {
	var found *model.Document
	for _, doc := range d.Documents {
		if doc.Kind == model.KindCoturn && doc.Root != nil && !doc.Template && !doc.Excerpt && container.MountsDocument(s, doc) {
			if found != nil {
				return nil
			}
			found = doc
		}
	}
	return found
}

// turnOptions returns the options of the coturn that becomes the stack's, by name, with where they stand; nil if none does.
func (o *Old) turnOptions() map[string][]*model.Node {
	s := o.Roles["coturn"]
	if s == nil {
		return nil
	}
	doc := turnDocument(o.Given, s)
	options, line := map[string][]*model.Node{}, 0
	for text := range strings.Lines(doc.Root.Text) {
		line++
		name, value, _ := strings.Cut(strings.TrimSpace(text), "=")
		if name = strings.TrimSpace(name); name != "" && !strings.HasPrefix(name, "#") {
			n := &model.Node{Kind: model.String, Text: strings.Trim(strings.TrimSpace(value), `"`)}
			n.Position.File, n.Position.Line, n.Position.Column = doc.Root.Position.File, line, 1
			options[name] = append(options[name], n)
		}
	}
	return options
}

// turnOption returns the first value of an option, or nil.
func turnOption(options map[string][]*model.Node, name string) *model.Node {
	if len(options[name]) == 0 {
		return nil
	}
	return options[name][0]
}

// turnSecret returns where coturn has its secret.
func (o *Old) turnSecret() place {
	return place{value: turnOption(o.turnOptions(), "static-auth-secret")}
}

// ownTURN takes the coturn of the deployment; false if none becomes the stack's.
func (v *inverse) ownTURN() bool {
	options := v.turnOptions()
	if options == nil {
		return false
	}
	put(v.stack, mapping(), "turn")
	if uri := v.synapse("turn_uris").Entered()[0]; !uri.Unknown {
		_, host, _ := strings.Cut(uri.Text, ":")
		host, _, _ = strings.Cut(host, "?")
		host, _, _ = strings.Cut(host, ":")
		v.say("hosts.turn", text(strings.ToLower(host)), uri)
	}
	if address := turnOption(options, "external-ip"); address != nil {
		public, _, _ := strings.Cut(address.Text, "/")
		v.say("turn.publicAddress", text(public), address)
	}
	for field, option := range map[string]string{"port": "listening-port", "relay.first": "min-port", "relay.last": "max-port"} {
		if n := turnOption(options, option); n != nil {
			v.say("turn."+field, &model.Node{Kind: model.Int, Text: n.Text}, n)
		}
	}
	v.turnCertificate(options)
	v.turnPeers(options)
	return true
}

// turnCertificate takes the certificate of coturn, where it lies on the machine.
func (v *inverse) turnCertificate(options map[string][]*model.Node) {
	s := v.Roles["coturn"]
	for option, field := range map[string]string{"cert": "chain", "pkey": "key"} {
		n := turnOption(options, option)
		if n == nil {
			continue
		}
		if m := s.MountAt(n.Text); m != nil && m.Type == "bind" {
			v.say("turn.tls."+field, text(v.hostPath(m.Source)+strings.TrimPrefix(n.Text, m.Target)), n)
		}
	}
	if port := turnOption(options, "tls-listening-port"); port != nil && v.stack.At("turn", "tls") != nil {
		v.say("turn.tls.port", &model.Node{Kind: model.Int, Text: port.Text}, port)
	}
}

// turnPeers takes to whom coturn relays nothing, without private and special networks, which a build has itself.
func (v *inverse) turnPeers(options map[string][]*model.Node) {
	peers := list()
	for _, n := range options["denied-peer-ip"] {
		first, _, _ := strings.Cut(n.Text, "-")
		if address, err := netip.ParseAddr(first); err == nil && !isSpecial(address) {
			peers.Items = append(peers.Items, n)
		}
	}
	if len(peers.Items) > 0 {
		v.say("turn.deniedPeers", peers, peers.Items[0])
	}
}

// isSpecial reports whether an address is in one of the networks that nobody on the internet has. RFC 6890.
func isSpecial(address netip.Addr) bool {
	for _, network := range []string{"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
		"192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "::1/128", "64:ff9b::/96", "::ffff:0:0/96", "100::/64", "2001::/23",
		"2002::/16", "fc00::/7", "fe80::/10"} {
		if netip.MustParsePrefix(network).Contains(address) {
			return true
		}
	}
	return false
}
