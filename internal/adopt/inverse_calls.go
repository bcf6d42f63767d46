package adopt

import (
	"net/url"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// callServer returns what the LiveKit reads that becomes the stack's, or nil.
func (o *Old) callServer() *model.Document {
	if o.Roles["livekit"] == nil {
		return nil
	}
	return callDocument(o.Given, o.Roles["livekit"])
}

// callDocument returns the one document that a LiveKit reads, or nil.
func callDocument(d *model.Deployment, s *model.Service) *model.Document {
	var found *model.Document
	for _, doc := range d.Documents {
		if doc.Kind == model.KindLiveKit && doc.Root != nil && !doc.Template && !doc.Excerpt && container.MountsDocument(s, doc) {
			if found != nil {
				return nil
			}
			found = doc
		}
	}
	return found
}

// callSecret returns where the secret stands that LiveKit and lk-jwt-service share.
func (o *Old) callSecret() []place {
	doc, tokens := o.callServer(), o.Roles["lk-jwt"]
	if doc == nil {
		return nil
	}
	places := []place{{tokens.Env("LIVEKIT_SECRET"), tokens.Env("LIVEKIT_SECRET_FROM_FILE"), &model.Configuration{Service: tokens}}}
	if keys := doc.Root.Get("keys").Entries(); len(keys) == 1 {
		places = append(places, place{value: keys[0].Value})
	}
	return places
}

// callsElsewhere returns the address of a back end that is none of the stack's, or nil. What a build does not name itself is an override.
func (o *Old) callsElsewhere() *model.Node {
	if o.Generated {
		return o.told("calls.url")
	}
	transports := matrix.SynapseTransports(o.Given.Synapse)
	if len(transports) != 1 {
		return nil
	}
	return transports[0].URL
}

// calls takes by what people call each other, several at once: a LiveKit of the deployment, or one elsewhere.
func (v *inverse) calls() {
	if v.callServer() == nil {
		v.take("calls.url", v.callsElsewhere())
		return
	}
	root, tokens := v.document(livekitName), v.Roles["lk-jwt"]
	put(v.stack, mapping(), "calls")
	v.callHost(tokens.Env("LIVEKIT_URL"))
	v.callServers(tokens.Env("LIVEKIT_FULL_ACCESS_HOMESERVERS"))
	v.take("calls.publicAddress", root.At("rtc", "node_ip"))
	v.take("calls.ports.udp", root.At("rtc", "udp_port"))
	v.take("calls.ports.tcp", root.At("rtc", "tcp_port"))
	v.take("calls.maxParticipants", root.At("room", "max_participants"))
	if root.At("turn", "enabled").True() {
		put(v.stack, mapping(), "calls", "relay")
		v.take("calls.relay.udp", root.At("turn", "udp_port"))
		v.take("calls.relay.first", root.At("turn", "relay_range_start"))
		v.take("calls.relay.last", root.At("turn", "relay_range_end"))
		v.callCertificate(root.Get("turn"))
	}
	if root.At("rtc", "port_range_start").IsSet() {
		at := root.At("rtc", "port_range_start")
		v.note(Note{Weight: Step, Subject: "rtc.port_range_start", Position: at.Position, Message: "LiveKit takes the sound and picture of all calls at one port over UDP, and not at one of many",
			Hint: "let that port of the README through the firewall, and close the others"})
	}
}

// callHost takes where clients find LiveKit. A path below another host is no host of its own.
func (v *inverse) callHost(n *model.Node) {
	u, err := url.Parse(literal(n))
	if err != nil || u.Hostname() == "" {
		return
	}
	for _, other := range []string{"synapse", "mas", "element", "pocketID"} {
		if v.stack.At("hosts", other).Is(u.Hostname()) {
			v.note(Note{Weight: Step, Subject: "hosts.rtc", Position: n.Position, Message: "calls have a host of their own in a stack, and not a path below " + u.Hostname(),
				Hint: "make the DNS record for it before the switch"})
			return
		}
	}
	v.takeHost("hosts.rtc", n)
}

// callServers takes whose people may begin calls, besides those of this server.
func (v *inverse) callServers(n *model.Node) {
	servers := list()
	for name := range strings.SplitSeq(literal(n), ",") {
		if name = strings.TrimSpace(name); name != "" && name != "*" && !v.stack.Get("serverName").Is(name) {
			servers.Items = append(servers.Items, text(name))
		}
	}
	if len(servers.Items) > 0 {
		v.say("calls.homeservers", servers, n)
	}
}

// callCertificate takes the certificate that LiveKit's TURN server shows, where it lies on the machine.
func (v *inverse) callCertificate(turn *model.Node) {
	s := v.Roles["livekit"]
	for key, field := range map[string]string{"cert_file": "chain", "key_file": "key"} {
		if m := s.MountAt(literal(turn.Get(key))); m != nil && m.Type == "bind" {
			v.take("calls.relay.tls.port", turn.Get("tls_port"))
			source := v.hostPath(m.Source) + strings.TrimPrefix(literal(turn.Get(key)), m.Target)
			v.say("calls.relay.tls."+field, text(source), turn.Get(key))
		}
	}
}
