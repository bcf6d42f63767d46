package rules

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// checkLiveKitTURN reports what the TURN server in LiveKit lacks without which LiveKit does not start. Flags and variables may say it instead.
// Source: livekit/livekit pkg/service/turn.go, NewTurnServer.
func checkLiveKitTURN(d *model.Deployment, report func(diag.Finding)) {
	rooms, services := matrix.CallServerOf(d), d.Of("livekit")
	if rooms == nil || len(services) != 1 || saysOfTURN(d, services[0]) {
		return
	}
	turn := rooms.Doc.Root.Get("turn")
	if turn == nil || turn.Kind != model.Map || turn.Unknown || !turn.Get("enabled").True() {
		return
	}
	lacks := func(key string) bool {
		value := turn.Get(key)
		return !value.IsSet() || !value.Unknown && (value.Text == "" || value.Text == "0")
	}
	f := diag.Finding{Position: turn.Field("enabled").Position}
	switch {
	case lacks("tls_port") && lacks("udp_port"):
		f.Message = "LiveKit does not start: turn has neither udp_port nor tls_port"
		f.Hint = "add udp_port: 3478, or leave turn out"
	case lacks("tls_port"):
		return
	case lacks("domain"):
		f.Message = "LiveKit does not start: turn has no domain"
		f.Hint = "add the host that leads to LiveKit's TURN server, or delete tls_port"
	case !turn.Get("external_tls").True() && (lacks("external_tls") || !turn.Get("external_tls").Unknown) && (lacks("cert_file") || lacks("key_file")):
		f.Position = turn.Field("tls_port").Position
		f.Message = "LiveKit does not start: turn has a tls_port, and no cert_file and key_file"
		f.Hint = "add both; or external_tls: true where a proxy ends TLS; or delete tls_port"
	default:
		return
	}
	report(f)
}

// saysOfTURN reports whether flags or variables of LiveKit may set something of its TURN server.
func saysOfTURN(d *model.Deployment, s *model.Service) bool {
	words, known := container.ShellWords(s.Node.Get("command"))
	return !known || !container.RunsImage(s) || container.LacksVariable(d, s, "LIVEKIT_TURN_CERT") != model.Yes ||
		slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(word, "--turn") }) ||
		slices.ContainsFunc(s.Environment, func(v model.Variable) bool { return strings.HasPrefix(v.Name, "LIVEKIT_TURN") })
}
