package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/route"
	"github.com/matrixgen/matrixgen/lint"
)

// traefikNetworkLabelMissing: of a container on several networks Traefik takes any address, and may not be on that network.
func traefikNetworkLabelMissing() lint.Rule {
	return lint.Rule{
		Name:      "traefik-network-label-missing",
		Severity:  diag.Warning,
		Documents: "compose, traefik",
		Title:     "Traefik may ask for a container on the wrong network",
		Why: "A container on several networks has several addresses. Unless a label names the network, Traefik picks one of them by chance " +
			"at every start, also one that it does not reach.",
		Sees:    "504 Gateway Timeout after some restarts, and not after others",
		Before:  networksExample(""),
		After:   networksExample("      traefik.docker.network: web\n"),
		Repairs: "writes the name of the only network that Traefik and the container share into a label that has another",
		Source: []string{
			"traefik/traefik pkg/provider/docker/config.go",
			"https://github.com/traefik/traefik/issues/6597",
			"https://github.com/traefik/traefik/issues/5040",
		},
		Check: checkTraefikNetwork,
	}
}

func networksExample(label string) string {
	return `-- compose.yaml --
services:
  website:
    image: docker.io/library/httpd:2.4.65
    networks: [web, inside]
    labels:
      traefik.enable: "true"
      traefik.http.routers.website.rule: Host(` + "`www.example.org`" + `)
` + label + `networks:
  web: {name: web, external: true}
  inside: {}
`
}

func checkTraefikNetwork(d *model.Deployment, report func(diag.Finding)) {
	if d.Proxy == nil || d.Proxy.Kind != "traefik" || route.Has(d.Proxy.Static, "providers.docker.network") || route.Has(d.Proxy.Static, "providers.swarm.network") {
		return
	}
	var seen []*model.Service
	for _, r := range d.Routes {
		s := r.Owner
		if s == nil || s.Foreign || s == d.Proxy.Service || slices.Contains(seen, s) || len(s.Networks) < 2 || container.IsHostNetwork(s) || !r.Resolved {
			continue
		}
		seen = append(seen, s)
		label := route.Label(s, "traefik.docker.network")
		if label == nil {
			label = route.Label(s, "traefik.swarm.network")
		}
		if label.IsSet() {
			reportWrongNetwork(d, s, label, report)
		} else {
			reportNoNetwork(d, s, report)
		}
	}
}

func reportNoNetwork(d *model.Deployment, s *model.Service, report func(diag.Finding)) {
	if d.Proxy.Service != nil && d.Proxy.Static == nil {
		return // its default network stands in what is not visible
	}
	far := outsideTraefik(d, s)
	if len(far) == 0 {
		reportGuideNetworks(d, s, report)
		return
	}
	f := diag.Finding{
		Position: s.Node.KeyPosition("networks"),
		Message:  fmt.Sprintf("Traefik may ask for %s on network %s, which it is not on: %s has %d networks, and no label names one", s.Name, far[0], s.Name, len(s.Networks)),
		Hint:     "add the label traefik.docker.network with the real name of the network that Traefik is on",
	}
	if d.Proxy.Static != nil {
		f.Severity = diag.Error
	}
	report(f)
}

// outsideTraefik returns the networks of a service that Traefik is not on: if it is not visible, those that are not made elsewhere. There are
// none if it reaches the service in no way that is visible.
func outsideTraefik(d *model.Deployment, s *model.Service) []string {
	var far []string
	near := false
	for _, a := range s.Networks {
		on, known := matrix.ProxyIsOn(d, a.Network)
		switch {
		case !known:
			return nil
		case on:
			near = true
		default:
			far = append(far, a.Network)
		}
	}
	if !near {
		return nil
	}
	return far
}

func reportWrongNetwork(d *model.Deployment, s *model.Service, label *model.Node, report func(diag.Finding)) {
	name, known := label.Literal()
	if !known {
		return
	}
	var names, near []string
	for _, a := range s.Networks {
		real := d.Networks[a.Network].Name
		if real == name || real == "" && strings.HasSuffix(name, "_"+a.Network) {
			return
		}
		if real == "" {
			real = "<project>_" + a.Network
		}
		names = append(names, real)
		if on, known := matrix.ProxyIsOn(d, a.Network); on || !known {
			near = append(near, real)
		}
	}
	f := diag.Finding{
		Position: label.Position,
		Message:  fmt.Sprintf("Traefik finds no network %s at %s and takes one of its networks by chance", name, s.Name),
		Hint:     "write the name that docker network ls shows: " + strings.Join(names, " or "),
	}
	if len(near) == 1 && !strings.HasPrefix(near[0], "<project>") {
		f.Fix = lint.RewriteLabel(s, label, near[0])
	}
	report(f)
}
