package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// elementSharesHost: Element Web and the homeserver on one host.
func elementSharesHost() lint.Rule {
	return lint.Rule{
		Name:      "element-shares-homeserver-host",
		Severity:  diag.Warning,
		Guide:     lint.GuideNever,
		Documents: "element, synapse, compose, traefik",
		Title:     "Element Web is on the host of the homeserver",
		Why: "What people upload is served from the homeserver's host. On the same host as Element, a file that a browser takes for a page could " +
			"read the sessions of Element's users.",
		Sees:   "nothing until it is abused; Element's README advises against it",
		Before: sharedHostExample("matrix.example.org"),
		After:  sharedHostExample("element.example.org"),
		Source: []string{
			"https://github.com/element-hq/element-web/blob/develop/README.md#important-security-notes",
			"https://github.com/element-hq/element-web/issues/1977",
		},
		Check: checkElementHost,
	}
}

func sharedHostExample(host string) string {
	return example.Synapse("") + `-- compose.yaml --
services:
  traefik:
    image: traefik:v3.7.9
    command:
      - --providers.docker=true
      - --providers.docker.exposedByDefault=false
      - --entryPoints.websecure.address=:443
      - --certificatesResolvers.le.acme.email=admin@example.org
      - --certificatesResolvers.le.acme.storage=/acme/acme.json
      - --certificatesResolvers.le.acme.tlsChallenge=true
    ports: ["443:443"]
    volumes: ["acme:/acme", "/var/run/docker.sock:/var/run/docker.sock:ro"]
  element:
    image: vectorim/element-web:v1.12.26
    labels:
      traefik.enable: "true"
      traefik.http.routers.element.rule: Host(` + "`" + host + "`" + `)
      traefik.http.routers.element.entryPoints: websecure
      traefik.http.routers.element.tls.certResolver: le
      traefik.http.services.element.loadBalancer.server.port: "80"
volumes:
  acme: {}
`
}

func checkElementHost(d *model.Deployment, report func(diag.Finding)) {
	address, who := d.Synapse.At("public_baseurl"), "public_baseurl of Synapse"
	if !address.IsSet() {
		address, who = matrix.ElementBaseURL(d.Element), "base_url of Element"
	}
	base, _, known := matrix.HostAndPath(address)
	if _, literal := address.Literal(); !known || literal && (placeholder.IsStandIn(d, base) || matrix.IsLoopback(base)) {
		return
	}
	for i, r := range d.Routes {
		if !r.Serves || !r.ReachesProduct("element") || r.With(func(e model.Effects) bool { return e.Redirects == model.RedirectElsewhere }) != nil {
			continue
		}
		if !slices.ContainsFunc(r.Matcher.Hosts(), func(host string) bool { return strings.EqualFold(host, base) }) {
			continue
		}
		sameElement := func(earlier model.Route) bool { return earlier.Serves && earlier.SameTarget(&d.Routes[i]) }
		if slices.ContainsFunc(d.Routes[:i], sameElement) {
			continue
		}
		report(diag.Finding{
			Position: matrix.RulePosition(&r),
			Message:  fmt.Sprintf("Element is served from %s, the host of the homeserver: uploaded files there may act as Element", base),
			Hint:     "give Element a host of its own, such as element.example.org; another host below the same domain is enough",
			Related:  []diag.Related{{Position: address.Position, Message: who}},
		})
	}
}
