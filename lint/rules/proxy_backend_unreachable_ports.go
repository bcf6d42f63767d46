package rules

import (
	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
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
	numbers, whole := matrix.ListeningPorts(d, s)
	if s.Product == "lk-jwt" && container.RunsImage(s) && container.LacksVariable(d, s, "LIVEKIT_JWT_BIND") == model.Yes {
		numbers, whole = matrix.PortOf(s, "LIVEKIT_JWT_PORT", "8080")
	}
	if s.Product == "livekit" && container.RunsImage(s) {
		numbers, whole = liveKitPort(d, s)
	}
	var listeners []matrix.Listener
	var tls map[string]bool
	switch {
	case d.MAS != nil && d.MAS.Service == s:
		listeners, _ = matrix.MASListeners(d.MAS)
		tls = withTLS(d.MAS.At("http", "listeners"))
	case d.Synapse != nil && d.Synapse.Service == s:
		listeners, _ = matrix.SynapseListeners(d.Synapse)
		tls = withTLS(d.Synapse.At("listeners"))
	}
	var ports []backendPort
	for i, number := range numbers {
		p := backendPort{port: number}
		if len(listeners) == len(numbers) {
			p.loopback, p.at, p.tls = listeners[i].Loopback, listeners[i].At, tls[number]
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
		if !on.IsSet() || on.False() {
			continue
		}
		if port, known := item.Get("port").Literal(); known {
			ports[port] = true
		}
		if binds := item.Get("binds"); binds != nil {
			for _, bind := range binds.Items {
				if port, _, known := matrix.MASBind(bind); known {
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
		if doc.Kind != model.KindLiveKit || !container.MountsDocument(s, doc) || doc.Template || doc.Excerpt {
			continue
		}
		if matrix.ReplacesSetting(s, "port") {
			return nil, false
		}
		port := doc.Root.Get("port")
		if !port.IsSet() {
			return []string{"7880"}, true
		}
		text, known := port.Literal()
		return []string{text}, known
	}
	return nil, false
}
