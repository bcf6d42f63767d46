package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// corsHeaderWrong: a browser asks before it calls another origin. Synapse and MAS answer right; a middleware in front answers instead of them.
func corsHeaderWrong() lint.Rule {
	return lint.Rule{
		Name:      "cors-header-wrong",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "traefik, synapse, mas",
		Title:     "the proxy answers for Synapse or MAS what browsers may do",
		Why: "Synapse and MAS say themselves which calls browsers may make. With an accessControl option, Traefik answers in their place, and " +
			"what the middleware does not list is refused to every web client.",
		Sees:   "blocked by CORS policy, in the console of the browser",
		Before: corsExample("accesscontrolallowmethods: GET,POST"),
		After:  corsExample("contenttypenosniff: \"true\""),
		Source: []string{
			"traefik/traefik pkg/middlewares/headers/header.go",
			"https://github.com/matrix-org/synapse/issues/4672",
			"https://spec.matrix.org/latest/client-server-api/#web-browser-clients",
		},
		Check: checkCORSHeader,
	}
}

func corsExample(option string) string {
	return example.Routed("      traefik.http.routers.synapse.middlewares: matrix\n      traefik.http.middlewares.matrix.headers."+option+"\n",
		example.AccountRouterLabels+example.CompatRouter)
}

func checkCORSHeader(d *model.Deployment, report func(diag.Finding)) {
	reportClosedWellKnown(d, report)
	reportDoubledOrigin(d, report)
	var seen []diag.Position
	for i := range d.Routes {
		r := &d.Routes[i]
		if !r.ReachesProduct("synapse") && !r.ReachesProduct("mas") || servesWellKnownAlone(r) {
			continue
		}
		for _, m := range r.Middlewares {
			if m.Preflight == nil || slices.Contains(seen, m.Position) {
				continue
			}
			problem := preflightProblem(m.Preflight)
			if problem == "" {
				continue
			}
			seen = append(seen, m.Position)
			report(diag.Finding{
				Position: m.Position,
				Message:  fmt.Sprintf("web clients cannot call %s: Traefik answers for it what browsers may do, and %s", r.Backends[0].Service.Name, problem),
				Hint:     "take the accessControl options out of this middleware; Synapse and MAS set these headers themselves",
				Related:  []diag.Related{{Position: matrix.RulePosition(r), Message: "the router that has it"}},
			})
		}
	}
}

// servesWellKnownAlone reports whether a rule names the well-known documents, for which browsers do not ask before.
func servesWellKnownAlone(r *model.Route) bool {
	return r.Rule != nil && strings.Contains(r.Rule.Text, "/.well-known") && !strings.Contains(r.Rule.Text, "/_matrix") && strings.Contains(r.Rule.Text, "&&")
}

// preflightProblem returns what is missing in the answers that a middleware gives for the service, or "" if it gives none or all is there.
func preflightProblem(options *model.Node) string {
	lists := map[string][]string{}
	answers := false
	for _, f := range options.Fields {
		name := strings.ToLower(f.Key)
		if !strings.HasPrefix(name, "accesscontrol") || name == "accesscontrolexposeheaders" {
			continue
		}
		if f.Value.Unknown {
			return ""
		}
		answers = true
		items := strings.Split(f.Value.Text, ",")
		for _, item := range f.Value.Items {
			items = append(items, item.Text)
		}
		for _, item := range items {
			lists[name] = append(lists[name], strings.ToUpper(strings.TrimSpace(item)))
		}
	}
	if !answers {
		return ""
	}
	if origins := lists["accesscontrolalloworiginlistregex"]; len(origins) == 0 && len(lists["accesscontrolalloworiginlist"]) == 0 {
		return "it allows no origin"
	}
	for _, method := range []string{"GET", "POST", "PUT", "DELETE"} {
		if methods := lists["accesscontrolallowmethods"]; !slices.Contains(methods, method) && !slices.Contains(methods, "*") {
			return "it does not allow " + method
		}
	}
	for _, header := range []string{"Authorization", "Content-Type"} {
		headers := lists["accesscontrolallowheaders"]
		if !slices.Contains(headers, strings.ToUpper(header)) && (header == "Authorization" || !slices.Contains(headers, "*")) {
			return "it does not allow the header " + header
		}
	}
	return ""
}
