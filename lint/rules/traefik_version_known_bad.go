package rules

import (
	"fmt"
	"slices"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/route"
	"github.com/matrixgen/matrixgen/internal/upstream"
	"github.com/matrixgen/matrixgen/lint"
)

// traefikVersionKnownBad: a few releases of Traefik refuse paths that Matrix needs, and older ones cannot talk to a new Docker.
func traefikVersionKnownBad() lint.Rule {
	return lint.Rule{
		Name:      "traefik-version-known-bad",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "compose, traefik",
		Title:     "this Traefik breaks Matrix, or does not find containers",
		Why: "Traefik 3.6.4 to 3.6.6 and 2.11.32 refuse paths with an encoded slash or number sign, which rooms and keys have. Releases before " +
			"3.6.1 and 2.11.31 speak a version of Docker's API that Docker 29 no longer does, and then find no container.",
		Sees:     "400 for paths with %23 or %2F; client version 1.24 is too old. Minimum supported API version is 1.44",
		Before:   traefikExample("v3.6.5"),
		After:    traefikExample("v3.7.9"),
		Versions: "Traefik 2 before 2.11.33, and 3 before 3.6.7",
		Source: []string{
			"https://doc.traefik.io/traefik/migrate/v3/",
			"https://github.com/traefik/traefik/issues/12395",
			"https://github.com/traefik/traefik/issues/12253",
			"https://github.com/element-hq/synapse/issues/19294",
		},
		Check: checkTraefikVersion,
	}
}

func traefikExample(tag string) string {
	return `-- compose.yaml --
services:
  traefik:
    image: docker.io/library/traefik:` + tag + `
    command:
      - --entrypoints.websecure.address=:443
      - --providers.docker.exposedbydefault=false
    ports: ["443:443"]
  synapse:
    image: ghcr.io/element-hq/synapse:v1.163.2
    volumes: ["/srv/synapse:/data"]
    labels:
      traefik.enable: "true"
      traefik.http.routers.synapse.rule: Host(` + "`matrix.example.org`) && PathPrefix(`/_matrix`)" + `
`
}

func checkTraefikVersion(d *model.Deployment, report func(diag.Finding)) {
	version := d.Proxy.Version()
	if !version.Known() {
		return
	}
	traefik, err := upstream.Of("traefik")
	if err != nil {
		return // that the facts can be read is tested where they are
	}
	faults := traefik.Faulty(version)
	has := func(name string) bool {
		return slices.ContainsFunc(faults, func(f upstream.Fault) bool { return f.Name == name })
	}
	image := d.Proxy.Service.Image
	if has("encoded-paths") && d.Proxy.Static != nil && routesMatrix(d) && !allowsEncoded(d.Proxy.Static) {
		report(diag.Finding{
			Position: image.Position,
			Message:  fmt.Sprintf("Traefik %s answers 400 to paths with encoded characters, which the ids and aliases of rooms have", image.Tag),
			Hint:     "take 3.6.7 or newer, or 2.11.33",
		})
		return
	}
	usesDocker := route.Has(d.Proxy.Static, "providers.docker") || d.Proxy.Static == nil && len(d.Routes) > 0
	if usesDocker && has("old-docker") {
		report(diag.Finding{
			Severity: diag.Info,
			Position: image.Position,
			Message:  fmt.Sprintf("Traefik %s finds no containers with Docker 29 or newer: it asks for an API that is gone", image.Tag),
			Hint:     "take 3.6.7 or newer, or 2.11.33",
		})
	}
}

// routesMatrix reports whether a route leads to Synapse.
func routesMatrix(d *model.Deployment) bool {
	for i := range d.Routes {
		if d.Routes[i].ReachesProduct("synapse") {
			return true
		}
	}
	return false
}

// allowsEncoded reports whether an entry point allows what these releases refuse.
func allowsEncoded(static map[string]*model.Node) bool {
	for _, point := range (&model.Proxy{Static: static}).Names("entrypoints") {
		if route.Has(static, "entrypoints."+point+".http.encodedcharacters") {
			return true
		}
	}
	return false
}
