package matrix

import (
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/model"
)

// ListeningPorts returns the ports on which the program of a service listens inside its container. It is false if there may be others.
func ListeningPorts(d *model.Deployment, s *model.Service) (ports []string, whole bool) {
	var listeners []Listener
	isAnyRelease := (s.Product == "element" || s.Product == "redis") && container.RunsRelease(s) // they never had another port
	switch {
	case !container.RunsImage(s) && !isAnyRelease:
		return nil, false
	case s.Product == "mas" && d.MAS != nil && d.MAS.Service == s && !d.MAS.Guessed:
		listeners, whole = MASListeners(d.MAS)
	case s.Product == "synapse" && d.Synapse != nil && d.Synapse.Service == s && !d.Synapse.Guessed && !d.Synapse.Partial:
		listeners, whole = SynapseListeners(d.Synapse)
	case s.Product == "element" && container.EnvironmentKnown(d, s) && container.MountsKnown(d, s) && s.MountAt("/etc/nginx/conf.d/default.conf") == nil &&
		s.MountAt("/etc/nginx/nginx.conf") == nil && s.MountAt("/etc/nginx/templates/default.conf.template") == nil:
		return PortOf(s, "ELEMENT_WEB_PORT", "80")
	case s.Product == "pocket-id" && container.EnvironmentKnown(d, s):
		return PortOf(s, "PORT", "1411")
	case s.Product == "lk-jwt" && container.LacksVariable(d, s, "LIVEKIT_JWT_BIND") == model.Yes:
		return PortOf(s, "LIVEKIT_JWT_PORT", "8080")
	case s.Product == "livekit":
		return liveKitPorts(d, s)
	case s.Product == "redis" && container.MountsKnown(d, s) && s.Node.Get("command") == nil && container.IsOfficial(s.Image):
		return []string{"6379"}, true
	}
	for _, l := range listeners {
		ports = append(ports, l.Port)
	}
	return ports, whole
}

// liveKitPorts returns the TCP ports that LiveKit's file names. It is false if a flag or a variable may name others.
func liveKitPorts(d *model.Deployment, s *model.Service) (ports []string, whole bool) {
	words, known := container.ShellWords(s.Node.Get("command"))
	server := CallServerOf(d)
	if !known || server == nil || !container.MountsDocument(s, server.Doc) || ReplacesSetting(s, "port") || ReplacesSetting(s, "rtc") || ReplacesSetting(s, "turn") ||
		ReplacesSetting(s, "prometheus") || ReplacesSetting(s, "prometheus_port") {
		return nil, false
	}
	isByFlag := (len(words) == 2 || len(words) == 1) && strings.HasPrefix(words[0], "--config") && container.LacksVariable(d, s, "LIVEKIT_CONFIG", "LIVEKIT_REGION") == model.Yes
	isHeld := len(words) == 0 && slices.Contains(s.Held, server.Doc) && container.EnvironmentKnown(d, s)
	if !isByFlag && !isHeld {
		return nil, false
	}
	root := server.Doc.Root
	ports = []string{"7880"}
	for i, n := range []*model.Node{root.Get("port"), root.At("rtc", "tcp_port"), root.Get("prometheus_port"), root.At("prometheus", "port"),
		root.At("turn", "tls_port"), root.At("turn", "udp_port"), root.At("rtc", "udp_port")} {
		text, known := n.Literal()
		switch {
		case n.IsSet() && !known:
			return nil, false
		case i == 0 && n.IsSet():
			ports[0] = text
		case n.IsSet():
			ports = append(ports, text)
		}
	}
	return ports, !root.At("turn", "enabled").True() || root.At("turn", "tls_port").IsSet()
}

// WorkerListeners returns the listeners of a service that runs a worker of Synapse. It is false if its file is not visible.
func WorkerListeners(d *model.Deployment, s *model.Service) ([]Listener, bool) {
	paths, _, known := container.ConfigPaths(d, s)
	var worker *model.Document
	for _, name := range paths {
		doc := container.DocumentAt(d, s, container.InContainer(s, name))
		if doc == nil || doc.Template || doc.Excerpt {
			return nil, false
		}
		if doc.Kind == model.KindSynapseWorker {
			worker = doc
		}
	}
	if worker == nil || !known {
		return nil, false
	}
	for _, key := range []string{"worker_listeners", "listeners"} {
		if worker.Root.Get(key) != nil {
			root := &model.Node{Kind: model.Map, Fields: []model.Field{{Key: "listeners", Value: worker.Root.Get(key)}}}
			return SynapseListeners(&model.Configuration{Documents: []*model.Document{worker}, Root: root})
		}
	}
	return nil, false
}

// PortOf returns the port that a variable names.
func PortOf(s *model.Service, name, standard string) ([]string, bool) {
	value, set := container.VariableOf(s, name)
	if !set {
		return []string{standard}, true
	}
	port, known := value.Literal()
	return []string{port}, known
}

// IsPort says that MAS takes the value for a port.
func IsPort(n *model.Node) bool {
	text, known := n.Literal()
	if !known || n.Kind != model.Int {
		return false
	}
	_, err := strconv.ParseUint(text, 10, 16)
	return err == nil
}
