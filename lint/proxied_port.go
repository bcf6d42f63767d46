package lint

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// backendPort is a port of a service that a proxy may ask.
type backendPort struct {
	port          string
	loopback, tls bool
	at            diag.Position
}

// proxiedPorts returns the ports on which a service listens. It is false if there may be others.
func proxiedPorts(d *model.Deployment, s *model.Service) ([]backendPort, bool) {
	numbers, whole := listeningPorts(d, s)
	if s.Product == "lk-jwt" && runsImage(s) && environmentKnown(d, s) && s.Env("LIVEKIT_JWT_BIND") == nil {
		numbers, whole = portOf(s, "LIVEKIT_JWT_PORT", "8080")
	}
	if s.Product == "livekit" && runsImage(s) {
		numbers, whole = liveKitPort(d, s)
	}
	var listeners []listener
	var tls map[string]bool
	switch {
	case d.MAS != nil && d.MAS.Service == s:
		listeners, _ = masListeners(d.MAS)
		tls = withTLS(d.MAS.At("http", "listeners"))
	case d.Synapse != nil && d.Synapse.Service == s:
		listeners, _ = synapseListeners(d.Synapse)
		tls = withTLS(d.Synapse.At("listeners"))
	}
	var ports []backendPort
	for i, number := range numbers {
		p := backendPort{port: number}
		if len(listeners) == len(numbers) {
			p.loopback, p.at, p.tls = listeners[i].loopback, listeners[i].at, tls[number]
		}
		ports = append(ports, p)
	}
	return ports, whole
}

// withTLS returns the ports of listeners that have TLS.
func withTLS(list *model.Node) map[string]bool {
	ports := map[string]bool{}
	if list == nil {
		return ports
	}
	for _, item := range list.Items {
		on := item.Get("tls")
		if !isSet(on) || on.False() {
			continue
		}
		if port, known := item.Get("port").Literal(); known {
			ports[port] = true
		}
		if binds := item.Get("binds"); binds != nil {
			for _, bind := range binds.Items {
				if port, _, known := masBind(bind); known {
					ports[port] = true
				}
			}
		}
	}
	return ports
}

// liveKitPort returns the port of LiveKit's API.
func liveKitPort(d *model.Deployment, s *model.Service) ([]string, bool) {
	for _, doc := range d.Documents {
		if doc.Kind != model.KindLiveKit || !mountsDocument(s, doc) || doc.Template || doc.Excerpt {
			continue
		}
		port := doc.Root.Get("port")
		if !isSet(port) {
			return []string{"7880"}, true
		}
		text, known := port.Literal()
		return []string{text}, known
	}
	return nil, false
}
