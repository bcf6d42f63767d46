package rules

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
		Position: s.Node.KeyPosition("networks"),
		Message:  fmt.Sprintf("Traefik takes any of the networks %s at %s, also one that it is not on: no label names one", strings.Join(names, ", "), s.Name),
		Hint:     "add the label traefik.docker.network with the real name of the network that Traefik is on",
	})
}
