package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
)

// traefikTLSOptionsConflict: which TLS options hold is decided by the host, before any router is chosen.
func traefikTLSOptionsConflict() lint.Rule {
	return lint.Rule{
		Name:      "traefik-tls-options-conflict",
		Severity:  diag.Warning,
		Guide:     lint.GuideNever,
		Documents: "compose, traefik",
		Title:     "routers of one host want different TLS options",
		Why: "Traefik chooses TLS options by the host, before it knows which router a request is for. If routers of one host on one entry point want different " +
			"ones, it takes the options default for all of them: ciphers, versions and client certificates that somebody asked for do not hold. The paths of MAS " +
			"on Synapse's host are where that happens: one router has tls.options, the other has none.",
		Sees: "in Traefik's log: default TLSOptions will be applied",
		Quotes: map[string][]string{
			"Traefik 3.7.13": {"default TLSOptions will be applied"},
		},
		Before:   tlsOptionsExample(""),
		After:    tlsOptionsExample("      traefik.http.routers.login.tls.options: modern@file\n"),
		Versions: "Traefik 3; with core.strictTLSOptions, since 3.7.11, the routers are not built",
		Source: []string{
			"https://github.com/traefik/traefik/security/advisories/GHSA-g55h-rg46-x9c5",
			"https://doc.traefik.io/traefik/migrate/v3/#conflicting-tls-options",
			"traefik/traefik pkg/server/aggregator.go",
		},
		Check: checkTLSOptions,
	}
}

func tlsOptionsExample(line string) string {
	return `-- compose.yaml --
services:
  traefik:
    image: docker.io/library/traefik:v3.7.9
    command:
      - --entrypoints.websecure.address=:443
      - --providers.docker.exposedbydefault=false
      - --certificatesresolvers.le.acme.tlschallenge=true
      - --certificatesresolvers.le.acme.storage=/acme/acme.json
    ports: ["443:443"]
    volumes: ["/srv/acme:/acme"]
  synapse:
    image: ghcr.io/element-hq/synapse:v1.163.2
    volumes: ["/srv/synapse:/data"]
    labels:
      traefik.enable: "true"
      traefik.http.routers.synapse.rule: Host(` + "`matrix.example.org`) && PathPrefix(`/_matrix`)" + `
      traefik.http.routers.synapse.tls.certresolver: le
      traefik.http.routers.synapse.tls.options: modern@file
  mas:
    image: ghcr.io/element-hq/matrix-authentication-service:1.22.0
    volumes: ["/srv/mas/config.yaml:/config.yaml:ro"]
    labels:
      traefik.enable: "true"
      traefik.http.routers.login.rule: Host(` + "`matrix.example.org`) && PathRegexp(`^/_matrix/client/[^/]+/login$`)" + `
      traefik.http.routers.login.tls.certresolver: le
` + line
}

// tlsOptions is what a router wants for a host on an entry point.
type tlsOptions struct {
	router *model.Route
	name   string
}

func checkTLSOptions(d *model.Deployment, report func(diag.Finding)) {
	if d.Proxy == nil || d.Proxy.Kind != "traefik" || d.Proxy.Version().Known() && d.Proxy.Version().Major() < 3 {
		return
	}
	first := map[string]tlsOptions{}
	var told []string
	for i := range d.Routes {
		r := &d.Routes[i]
		name, known := optionsOf(r)
		if !known || r.Owner != nil && r.Owner.Inactive || r.Matcher == nil || r.Rule == nil || r.Rule.Unknown || strings.Contains(r.Rule.Text, "!") {
			continue
		}
		points := r.EntryPoints
		if len(points) == 0 {
			points = []string{""}
		}
		for _, host := range r.Matcher.Hosts() {
			for _, point := range points {
				key := strings.ToLower(point + " " + host)
				other, seen := first[key]
				if !seen {
					first[key] = tlsOptions{r, name}
				} else if other.name != name && !slices.Contains(told, host) {
					told = append(told, host)
					reportTLSOptions(d, host, other, tlsOptions{r, name}, report)
				}
			}
		}
	}
}

// optionsOf returns the TLS options that a router wants, with its provider. They are not known for a router that takes them from its entry point, nor
// if a variable holds them.
func optionsOf(r *model.Route) (string, bool) {
	tls := r.At("tls")
	if tls == nil || tls.Unknown || !r.TLS || r.Provider != "docker" && r.Provider != "file" {
		return "", false
	}
	options := r.At("tls", "options")
	if !options.IsSet() {
		return "default", true
	}
	name, known := options.Literal()
	if known && name != "default" && !strings.Contains(name, "@") {
		name += "@" + r.Provider
	}
	return cmp.Or(name, "default"), known
}

func reportTLSOptions(d *model.Deployment, host string, a, b tlsOptions, report func(diag.Finding)) {
	if a.name != "default" { // the one that asks for something is the one that does not get it
		a, b = b, a
	}
	f := diag.Finding{
		Position: b.router.At("tls", "options").Position,
		Message: fmt.Sprintf("the TLS options %s do not hold for %s: the router %s has %s for the same host, and Traefik takes default for both",
			b.name, host, a.router.Name, a.name),
		Hint:    "give all routers of the host the same tls.options",
		Related: []diag.Related{{Position: a.router.Position, Message: "the other router"}},
	}
	if d.Proxy.Static["core.stricttlsoptions"].Is("true") && !d.Proxy.Version().Before("3.7.11") {
		f.Severity = diag.Error
		f.Message = fmt.Sprintf("Traefik builds neither %s nor %s: they want different TLS options for %s", b.router.Name, a.router.Name, host)
	}
	report(f)
}
