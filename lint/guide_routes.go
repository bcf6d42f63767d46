package lint

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// reportGuideNetworks reports a service of a guide that is on several networks, of which nothing says which one the proxy is on.
func reportGuideNetworks(d *model.Deployment, s *model.Service, report func(diag.Finding)) {
	if !d.Guide || d.Proxy.Service != nil || d.Proxy.Static != nil {
		return
	}
	var names []string
	for _, a := range s.Networks {
		names = append(names, a.Network)
	}
	report(diag.Finding{
		Severity: diag.Warning,
		Position: keyPosition(s.Node, "networks"),
		Message:  fmt.Sprintf("Traefik takes any of the networks %s at %s, also one that it is not on: no label names one", strings.Join(names, ", "), s.Name),
		Hint:     "add the label traefik.docker.network with the real name of the network that Traefik is on",
	})
}

// reportGuideCompat reports the labels of MAS in a guide that route only MAS's own host to it. What routes to Synapse is mostly not shown.
func reportGuideCompat(d *model.Deployment, report func(diag.Finding)) {
	how := delegationOf(d.Synapse)
	if !d.Guide || how != delegated && how != delegatedByMSC3861 || d.MAS == nil || d.MAS.Service == nil || len(d.Of("synapse")) > 0 {
		return
	}
	routed := false
	for _, r := range d.Routes {
		if r.Rule == nil {
			return
		}
		routed = routed || r.Owner == d.MAS.Service
		if strings.Contains(r.Rule.Text, "_matrix") || strings.Contains(r.Rule.Text, "login") {
			return
		}
	}
	for _, doc := range d.Documents {
		if (doc.Kind == model.KindNginx || doc.Kind == model.KindCaddy) && strings.Contains(doc.Root.Text, "_matrix") {
			return
		}
	}
	if routed {
		report(diag.Finding{
			Position: labelsPosition(d.MAS.Service),
			Message:  "bridges and clients without OAuth cannot log in: nothing sends /_matrix/client/*/login, logout, refresh of the homeserver to MAS",
			Hint:     "add a router to MAS with the host of the homeserver and PathRegexp(`^/_matrix/client/[^/]+/(login|logout|refresh)(/.*)?$$`)",
		})
	}
}
