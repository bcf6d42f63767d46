package rules

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// rtcAddressInternal: a media server tells its clients where to send, and in a container it sees an address that only Docker knows.
func rtcAddressInternal() lint.Rule {
	return lint.Rule{
		Name:      "rtc-address-internal",
		Severity:  diag.Warning,
		Guide:     lint.GuideNever,
		Documents: "livekit, coturn, compose",
		Title:     "clients of calls get an address inside Docker",
		Why: "LiveKit and coturn tell clients the address to send to. On a network of Docker they see 172.x alone, unless they are told the " +
			"public address or to ask for it.",
		Sees:   "calls that connect and stay without sound and picture, save on the machine itself",
		Before: liveKitExample("false"),
		After:  liveKitExample("true"),
		Source: []string{
			"livekit/livekit pkg/config/config.go",
			"https://docs.livekit.io/transport/self-hosting/deployment/",
			"https://github.com/coturn/coturn/blob/master/README.turnserver",
			"https://github.com/coturn/coturn/blob/master/docker/coturn/alpine/Dockerfile",
		},
		Check: checkRTCAddress,
	}
}

func liveKitExample(external string) string {
	return "-- livekit.yaml --\nport: 7880\nrtc:\n  tcp_port: 7881\n  udp_port: 7882\n  use_external_ip: " + external + `
room:
  auto_create: false
key_file: /run/secrets/keys
` + example.Compose(`  livekit:
    image: docker.io/livekit/livekit-server:v1.13.11
    command: --config /etc/livekit.yaml
    ports: ["7881:7881/tcp", "7882:7882/udp"]
    volumes: ["./livekit.yaml:/etc/livekit.yaml:ro"]
    secrets: [keys]
`) + "  keys: {file: ./secrets/keys}\n"
}

func checkRTCAddress(d *model.Deployment, report func(diag.Finding)) {
	if isHomeServerOfOneMachine(d) {
		return
	}
	for _, s := range d.Of("livekit") {
		checkLiveKitAddress(d, s, report)
	}
	turn := matrix.TurnServerOf(d)
	if turn == nil || !turn.Whole || turn.Service == nil || !isBehindDocker(turn.Service) || turn.Has("external-ip", "X") {
		return
	}
	command := turn.Service.Node.Get("command")
	words, known := container.ShellWords(command)
	if len(words) == 0 || !known || slices.Contains(words, "-X") {
		return // what the image does by itself is to ask for its address
	}
	report(diag.Finding{
		Position: command.Position,
		Message:  "calls between two networks stay silent: coturn relays from an address inside Docker, since nothing tells it the public one",
		Hint:     "add external-ip=<public address> to its file, or --external-ip=$$(detect-external-ip) to this command",
	})
}

// isHomeServerOfOneMachine says that nobody from outside is meant to take part.
func isHomeServerOfOneMachine(d *model.Deployment) bool {
	name, known := d.Synapse.At("server_name").Literal()
	return known && !matrix.IsPublicHost(container.HostOf(name))
}

// isBehindDocker says that Docker translates the addresses of what a service sends and gets.
func isBehindDocker(s *model.Service) bool {
	ports, known := container.PublishedPorts(s)
	return container.IsOwnNetwork(s) && container.RunsImage(s) && known && len(ports) > 0
}

func checkLiveKitAddress(d *model.Deployment, s *model.Service, report func(diag.Finding)) {
	words, known := container.ShellWords(s.Node.Get("command"))
	given := slices.ContainsFunc(words, func(word string) bool {
		return strings.HasPrefix(word, "--node-ip") || strings.HasPrefix(word, "--config-body") || word == "--dev"
	})
	isUnseen := s.Env("LIVEKIT_CONFIG") != nil && len(s.Held) == 0
	if !known || given || isUnseen || !isBehindDocker(s) || container.LacksVariable(d, s, "NODE_IP") != model.Yes || matrix.ReplacesSetting(s, "rtc") {
		return
	}
	for _, doc := range d.Documents {
		if doc.Kind != model.KindLiveKit || doc.Template || doc.Excerpt || !container.MountsDocument(s, doc) {
			continue
		}
		rtc := doc.Root.Get("rtc")
		if rtc == nil || rtc.Unknown || rtc.Get("use_external_ip").Bool(false) != model.No || rtc.Get("node_ip").IsSet() || rtc.Get("ips").IsSet() {
			continue
		}
		report(diag.Finding{
			Position: rtc.KeyPosition("use_external_ip"),
			Message:  "calls stay without sound and picture: LiveKit tells clients its address inside Docker",
			Hint:     "set use_external_ip: true, with which it asks for the public one, or node_ip to that address",
			Related:  []diag.Related{{Position: s.Position, Message: "the container"}},
		})
	}
}
