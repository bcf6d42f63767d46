package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// reportUnroutedIssuer reports a provider of MAS that runs in the deployment, and whose host no route has. Pocket ID says its own, which is another
// finding.
func reportUnroutedIssuer(d *model.Deployment, report func(diag.Finding)) {
	providers := matrix.EnabledProviders(d)
	if !matrix.SeesProxy(d) || !matrix.RoutesStack(d) || len(providers) != 1 {
		return
	}
	issuer := providers[0].Get("issuer")
	host, known := matrix.PublicHost(issuer)
	s := onlyIssuer(d)
	if s == nil || !known || !matrix.IsPublicHost(host) || !sharesDomain(d, host) || publishesPages(d, s) || container.IsHostNetwork(s) || matrix.IsNamedAt(d, host, matrix.PublicPort(issuer)) {
		return
	}
	report(diag.Finding{
		Position: issuer.Position,
		Message:  fmt.Sprintf("every login fails: %s is the issuer of MAS's provider, and %s", host, matrix.Hostless(d, host, matrix.PublicPort(issuer))),
		Hint:     "lead that host to " + s.Name,
		Related:  []diag.Related{{Position: s.Position, Message: "the identity provider"}},
	})
}

// onlyIssuer returns the identity provider that runs in the deployment, if it is one alone, and none whose address its own variables say.
func onlyIssuer(d *model.Deployment) *model.Service {
	var found []*model.Service
	for _, s := range d.Services {
		if !s.Inactive && slices.Contains([]string{"authelia", "keycloak", "zitadel", "dex", "kanidm", "hydra", "casdoor"}, s.Image.Base()) {
			found = append(found, s)
		}
	}
	if len(found) != 1 || len(d.Of("pocket-id")) > 0 {
		return nil
	}
	return found[0]
}

// sharesDomain reports whether a host lies in the domain of the server: a provider elsewhere has another.
func sharesDomain(d *model.Deployment, host string) bool {
	name, known := d.Synapse.At("server_name").Literal()
	if !known {
		name, known = d.MAS.At("matrix", "homeserver").Literal()
	}
	labels := strings.Split(container.HostOf(name), ".")
	if !known || len(labels) < 2 {
		return false
	}
	domain := strings.Join(labels[max(len(labels)-2, 0):], ".")
	return strings.HasSuffix(host, "."+domain) || host == domain
}
