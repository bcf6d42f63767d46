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
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// traefikLabelInvalid: a label that Traefik does not understand costs the container all of its routes, and one line in a log says so.
func traefikLabelInvalid() lint.Rule {
	return lint.Rule{
		Name:      "traefik-label-invalid",
		Severity:  diag.Error,
		Documents: "compose, traefik",
		Title:     "Traefik drops a container or a route because of its labels",
		Why: "Traefik decodes all labels of a container at once: one that is misspelt, or has a value of the wrong type, takes the container " +
			"out of the proxy. A route that names an entry point or a service that is not there answers nothing.",
		Sees: "404 page not found; in Traefik's log: field not found, node: entrypoint; or Router uses a nonexistent certificate resolver",
		Quotes: map[string][]string{
			"Traefik 3.7.13": {"404 page not found", "field not found, node: entrypoint", "Router uses a nonexistent certificate resolver"},
		},
		Before:  example.Routed("", example.AccountRouterLabels+example.CompatRouter+"      traefik.http.routers.mas.entrypoint: websecure\n"),
		After:   example.Routed("", example.AccountRouterLabels+example.CompatRouter+"      traefik.http.routers.mas.entrypoints: websecure\n"),
		Repairs: "respells the name of a label that is surely misspelt",
		Source: []string{
			"traefik/traefik pkg/provider/docker/config.go",
			"traefik/traefik pkg/provider/configuration.go",
			"https://github.com/traefik/paerser",
		},
		Check: checkTraefikLabelInvalid,
	}
}

func checkTraefikLabelInvalid(d *model.Deployment, report func(diag.Finding)) {
	if v := d.Proxy.Version(); v.Known() && v.Major() < 2 {
		return
	}
	for _, s := range d.Services {
		if s.Foreign || route.Label(s, "traefik.enable").Is("false") {
			continue
		}
		for _, label := range route.Labels(s) {
			reason, hint, surely := route.LabelProblem(label)
			if reason == "" {
				continue
			}
			f := diag.Finding{Position: label.Position, Message: fmt.Sprintf("Traefik ignores the whole container %s: %s", s.Name, reason), Hint: hint}
			if surely != "" && route.Label(s, surely) == nil {
				f.Fix = diag.Rename(label.Position, label.Name, surely)
			}
			report(f)
		}
	}
	defined, names := route.NewDefinitions(d), map[*model.Service][]string{}
	for i := range d.Routes {
		reportUnlinked(&d.Routes[i], names, report)
		if owner := d.Routes[i].Owner; (owner == nil || !container.IsOnForeignNetwork(d, owner, d.Proxy.Service)) && !matrix.IsForeignRoute(d, &d.Routes[i]) {
			reportUndefined(d.Proxy, &d.Routes[i], report)
		}
		reportUndefinedNames(defined, &d.Routes[i], report)
	}
	for _, c := range defined.Clashes() {
		report(diag.Finding{
			Position: c.At,
			Message:  fmt.Sprintf("Traefik drops the %s %s: services %s and %s define it differently", c.Kind, c.Name, c.First.Name, c.Second.Name),
			Hint:     "give each its own name",
			Related:  []diag.Related{{Position: c.FirstAt, Message: "the other definition"}},
		})
	}
}

// reportUnlinked reports a router that names no service, in a container that has several. known are the names of the services of containers asked before.
func reportUnlinked(r *model.Route, known map[*model.Service][]string, report func(diag.Finding)) {
	if r.Owner == nil || r.Owner.Foreign || r.Target != "" {
		return
	}
	names, asked := known[r.Owner]
	if !asked {
		names = route.ServiceNames(r.Owner)
		known[r.Owner] = names
	}
	if len(names) < 2 {
		return
	}
	report(diag.Finding{
		Position: r.Position,
		Message:  fmt.Sprintf("Traefik drops the router %s: its container has the services %s, and it names none", r.Name, someOf(names)),
		Hint:     fmt.Sprintf("add traefik.http.routers.%s.service", r.Name),
	})
}

// someOf lists names, of many the first: each router of a container would name all its services.
func someOf(names []string) string {
	const most = 8
	if len(names) <= most {
		return strings.Join(names, " and ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// reportUndefined reports what a router names and a static configuration that is visible lacks.
func reportUndefined(proxy *model.Proxy, r *model.Route, report func(diag.Finding)) {
	if points := route.EntryPoints(proxy); len(points) > 0 {
		for _, name := range r.EntryPoints {
			if !slices.Contains(points, strings.ToLower(name)) && !strings.Contains(name, "${") {
				report(diag.Finding{
					Position: r.At("entrypoints").Position,
					Message:  fmt.Sprintf("the router %s is not on entry point %s: Traefik has none of that name", r.Name, name),
					Hint:     "its entry points are " + strings.Join(points, ", "),
				})
			}
		}
	}
	resolver := r.At("tls", "certresolver")
	if name, known := resolver.Literal(); known && proxy.Static != nil && !slices.Contains(proxy.Names("certificatesresolvers"), strings.ToLower(name)) {
		report(diag.Finding{
			Position: resolver.Position,
			Message:  fmt.Sprintf("browsers get a certificate that nobody signed: Traefik has no certificate resolver %s", name),
			Hint:     "name one of certificatesResolvers in Traefik's static configuration",
		})
	}
	for _, m := range r.Middlewares {
		_, provider, found := strings.Cut(m.Name, "@")
		if !m.Defined && found && proxy.Static != nil && provider != "internal" && provider != "docker" && !slices.Contains(proxy.Names("providers"), provider) {
			report(diag.Finding{
				Position: m.Position,
				Message:  fmt.Sprintf("Traefik drops the router %s: there is no provider %s to define its middleware %s", r.Name, provider, m.Name),
				Hint:     "define the middleware in labels, or add the provider to Traefik's static configuration",
			})
		}
	}
}
