package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
)

// publishedPortsWrong: ports of the host that lead nowhere, and ports that calls need and nobody publishes.
func publishedPortsWrong() lint.Rule {
	return lint.Rule{
		Name:      "published-ports-wrong",
		Severity:  diag.Warning,
		Guide:     lint.GuideNever,
		Documents: "compose, mas, synapse, traefik, livekit, coturn",
		Title:     "a published port leads nowhere, or one is missing",
		Why: "A port that is published and on which nothing listens refuses every connection; on a network that is internal, nothing is " +
			"published at all. LiveKit and coturn tell clients the ports that they listen on, so that those must be the host's.",
		Sees: "connection refused; calls that connect, without sound or picture",
		Before: `-- compose.yaml --
services:
  web:
    image: docker.io/library/httpd:2.4.65
    ports: ["8080:80"]
    networks: [inside]
networks:
  inside:
    internal: true
`,
		After: `-- compose.yaml --
services:
  web:
    image: docker.io/library/httpd:2.4.65
    ports: ["8080:80"]
    networks: [inside, outside]
networks:
  inside:
    internal: true
  outside: {}
`,
		Source: []string{
			"https://github.com/livekit/livekit/blob/master/config-sample.yaml",
			"https://github.com/compose-spec/compose-spec/blob/main/06-networks.md#internal",
			"element-hq/synapse docs/setup/turn/coturn.md",
		},
		Check: checkPublishedPorts,
	}
}

func checkPublishedPorts(d *model.Deployment, report func(diag.Finding)) {
	reportInternalNetworks(d, report)
	for _, s := range d.Services {
		ports, known := container.PublishedPorts(s)
		if container.IsHostNetwork(s) {
			continue
		}
		listening, whole := matrix.ListeningPorts(d, s)
		if s.Product == "traefik" {
			listening, whole = entryPointPorts(d, s)
		}
		if whole {
			reportDeadPorts(s, ports, listening, report)
		}
		if known && container.IsWhole(d, s) {
			reportMediaPorts(d, s, ports, report)
		}
	}
}

// reportInternalNetworks reports the services that publish ports although their only network is internal: one finding for each network.
func reportInternalNetworks(d *model.Deployment, report func(diag.Finding)) {
	findings := map[string]*diag.Finding{}
	var order []string
	for _, s := range d.Services {
		ports := s.Node.Field("ports")
		if s.Foreign || ports == nil || len(ports.Value.Items) == 0 || container.IsHostNetwork(s) || len(s.Networks) != 1 || !d.Networks[s.Networks[0].Network].Internal {
			continue
		}
		name := s.Networks[0].Network
		if f := findings[name]; f != nil {
			f.Related = append(f.Related, diag.Related{Position: ports.Position, Message: "nor those of " + s.Name})
			continue
		}
		order = append(order, name)
		findings[name] = &diag.Finding{
			Severity: diag.Error,
			Position: ports.Position,
			Message:  fmt.Sprintf("nobody reaches these ports: the only network of %s, %s, is internal, and Docker publishes nothing there", s.Name, name),
			Hint:     "put the service on a second network that is not internal",
			Related:  []diag.Related{{Position: d.Networks[name].Position, Message: "internal"}},
		}
	}
	for _, name := range order {
		report(*findings[name])
	}
}

func reportDeadPorts(s *model.Service, ports []container.PublishedRange, listening []string, report func(diag.Finding)) {
	for _, p := range ports {
		if p.First != p.Last || p.Protocol != "tcp" || len(listening) == 0 || slices.Contains(listening, strconv.Itoa(p.First)) {
			continue
		}
		report(diag.Finding{
			Position: p.Item.Position,
			Message:  fmt.Sprintf("nothing listens on port %d in the container of %s: it listens on %s", p.First, s.Name, strings.Join(listening, ", ")),
			Hint:     "publish a port that it listens on, or delete this one",
		})
	}
}

// entryPointPorts returns the ports on which Traefik listens. It is false if there may be others.
func entryPointPorts(d *model.Deployment, s *model.Service) (ports []string, whole bool) {
	words, known := container.ShellWords(s.Node.Get("command"))
	if !known || !container.RunsImage(s) || !container.MountsKnown(d, s) || !container.EnvironmentKnown(d, s) {
		return nil, false
	}
	if names := model.OptionValues(words, "--configFile", "--configfile"); len(names) > 0 {
		mount := s.MountAt(names[0])
		if mount == nil || mount.Target != names[0] {
			return nil, false
		}
		return entryPointsOf(mount.Document)
	}
	if file := container.TraefikFile(s); file != nil {
		return entryPointsOf(file.Document)
	}
	for _, word := range words {
		name, value, _ := strings.Cut(strings.ToLower(word), "=")
		switch {
		case strings.HasPrefix(name, "--entrypoints.") && strings.HasSuffix(name, ".address"):
			ports = append(ports, entryPointPort(value))
		case strings.HasPrefix(name, "--api"), strings.HasPrefix(name, "--ping"), strings.HasPrefix(name, "--metrics"):
			ports = append(ports, "8080")
		}
	}
	return ports, len(ports) > 0
}

// entryPointsOf returns the ports that a static configuration names, with that of the entry point that Traefik adds for itself.
func entryPointsOf(doc *model.Document) (ports []string, whole bool) {
	if doc == nil || doc.Template || doc.Root.Get("entryPoints") == nil {
		return nil, false
	}
	for _, f := range doc.Root.Get("entryPoints").Fields {
		address, known := f.Value.Get("address").Literal()
		if !known {
			return nil, false
		}
		ports = append(ports, entryPointPort(address))
	}
	for _, key := range []string{"api", "ping", "metrics"} {
		if doc.Root.Get(key) != nil && !slices.Contains(ports, "8080") {
			ports = append(ports, "8080")
		}
	}
	return ports, true
}

// entryPointPort returns the port of an address such as :443/udp.
func entryPointPort(address string) string {
	address, _, _ = strings.Cut(address, "/")
	return address[strings.LastIndex(address, ":")+1:]
}
