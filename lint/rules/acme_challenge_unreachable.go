package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// acmeChallengeUnreachable: who gives certificates comes to a certain port to see whose the name is.
func acmeChallengeUnreachable() lint.Rule {
	return lint.Rule{
		Name:      "acme-challenge-unreachable",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "traefik, compose",
		Title:     "nobody can check whose the name is: no certificate",
		Why: "Let's Encrypt gives a certificate to whoever answers its question on port 80 of the host, or with tlsChallenge on port 443. Where " +
			"Traefik publishes no such port, the question never arrives.",
		Sees: "Unable to obtain ACME certificate for domain, in Traefik's log, and TRAEFIK DEFAULT CERT in browsers",
		Quotes: map[string][]string{
			"Traefik 3.7.13": {"Unable to obtain ACME certificate for domain", "TRAEFIK DEFAULT CERT"},
		},
		Before: example.Resolved(`["443:443"]`),
		After:  example.Resolved(`["80:80", "443:443"]`),
		Source: []string{
			"https://doc.traefik.io/traefik/reference/install-configuration/tls/certificate-resolvers/acme/",
			"https://www.rfc-editor.org/rfc/rfc8555#section-8.3",
			"https://www.rfc-editor.org/rfc/rfc8737",
		},
		Check: checkACME,
	}
}

func checkACME(d *model.Deployment, report func(diag.Finding)) {
	if d.Proxy == nil || d.Proxy.Kind != "traefik" || d.Proxy.Service == nil || d.Proxy.Home != d || container.IsHostNetwork(d.Proxy.Service) {
		return
	}
	ports, known := container.PublishedPorts(d.Proxy.Service)
	if !known || len(ports) == 0 || !container.IsWhole(d, d.Proxy.Service) {
		return // something that is not visible leads to it
	}
	for _, name := range d.Proxy.Names("certificatesresolvers") {
		acme := "certificatesresolvers." + name + ".acme."
		challenge := d.Proxy.Static[acme+"httpchallenge.entrypoint"]
		point, isHTTP := challenge.Literal()
		port := pointPort(d, point)
		if isHTTP && port != "" && resolverIsUsed(d, name) && !isPublished(ports, port) && !othersPublish(d, 80) {
			report(diag.Finding{
				Position: challenge.Position,
				Message:  fmt.Sprintf("no certificate ever comes: Let's Encrypt asks on port 80, and Traefik does not publish port %s of entry point %s", port, point),
				Hint:     "publish 80:" + port + ", or write tlschallenge, which comes to 443",
				Related:  []diag.Related{{Position: d.Proxy.Service.Node.KeyPosition("ports"), Message: "what it publishes"}},
			})
		}
	}
}

// resolverIsUsed reports whether a router takes its certificates from a resolver.
func resolverIsUsed(d *model.Deployment, resolver string) bool {
	return slices.ContainsFunc(d.Routes, func(r model.Route) bool {
		text, known := r.At("tls", "certresolver").Literal()
		return known && strings.EqualFold(text, resolver)
	}) || slices.ContainsFunc(d.Proxy.Names("entrypoints"), func(point string) bool {
		text, known := d.Proxy.Static["entrypoints."+point+".http.tls.certresolver"].Literal()
		return known && strings.EqualFold(text, resolver)
	}) && matrix.RoutesStack(d)
}

// pointPort returns the port on which an entry point listens, or "".
func pointPort(d *model.Deployment, point string) string {
	address, known := d.Proxy.Static["entrypoints."+strings.ToLower(point)+".address"].Literal()
	if !known {
		return ""
	}
	address, _, _ = strings.Cut(address, "/")
	return address[strings.LastIndex(address, ":")+1:]
}

// isPublished reports whether a port of the container is published under any number: a router in front may map it.
func isPublished(ports []container.PublishedRange, port string) bool {
	first, _, ok := container.PortRange(port)
	return !ok || slices.ContainsFunc(ports, func(p container.PublishedRange) bool { return p.First <= first && first <= p.Last })
}

// othersPublish reports whether another container may have a port of the host, and lead on.
func othersPublish(d *model.Deployment, port int) bool {
	return slices.ContainsFunc(d.Services, func(s *model.Service) bool {
		ports, known := container.PublishedPorts(s)
		return s != d.Proxy.Service && (!known || container.IsHostNetwork(s) && s.Product == "" ||
			slices.ContainsFunc(ports, func(p container.PublishedRange) bool { return p.HostFirst <= port && port <= p.HostLast }))
	})
}
