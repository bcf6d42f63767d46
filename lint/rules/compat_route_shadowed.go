package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/advice"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// compatRouteShadowed: the longest rule wins, and the rule for Synapse is often longer than the one for MAS.
func compatRouteShadowed() lint.Rule {
	return lint.Rule{
		Name:      "compat-route-shadowed",
		Severity:  diag.Error,
		Documents: "traefik, mas, synapse",
		Title:     "a route of Synapse comes before the one of MAS",
		Why: "Of two rules that match, Traefik takes the one with the higher priority, which is the length of the rule unless one is given. " +
			"A longer rule for Synapse takes the logins that another one sends to MAS, and Synapse does not answer them.",
		Sees: "404 M_UNRECOGNIZED on login, logout and refresh, although there is a route",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"M_UNRECOGNIZED"},
		},
		Before: example.Routed("", example.AccountRouterLabels+shadowedRouter("")),
		After:  example.Routed("", example.AccountRouterLabels+shadowedRouter("      traefik.http.routers.compat.priority: \"1000\"\n")),
		Source: []string{
			"https://doc.traefik.io/traefik/reference/routing-configuration/http/routing/rules-and-priority/",
			"https://github.com/element-hq/matrix-authentication-service/issues/4880",
			"https://github.com/spantaleev/matrix-docker-ansible-deploy/pull/3102",
		},
		Check: checkCompatRouteShadowed,
	}
}

// shadowedRouter is a router of MAS that is shorter than the rule of Synapse in the example.
func shadowedRouter(priority string) string {
	return "      traefik.http.routers.compat.rule: Host(`matrix.example.org`) && PathRegexp(`/(login|logout|refresh)`)\n" +
		"      traefik.http.routers.compat.service: mas\n" + priority
}

func checkCompatRouteShadowed(d *model.Deployment, report func(diag.Finding)) {
	report = lint.GuessingProxy(d, report)
	for _, fate := range matrix.CompatFates(d) {
		if d.Proxy.Kind != "traefik" {
			reportShadowedSites(d, fate, report)
			continue
		}
		for i, r := range fate.Shadowed {
			at := matrix.RulePosition(r)
			if r.Priority.Given != nil {
				at = r.Priority.Given.Position
			}
			by := fate.By[i]
			report(diag.Finding{
				Position: at,
				Message: fmt.Sprintf("%s on %s never reaches MAS: router %s comes first with %s, and this one has %s",
					fate.Request[i].Path, fate.Host, by.Name, priorityText(by), priorityText(r)),
				Hint:    fmt.Sprintf("give router %s a priority of 1000", r.Name),
				Related: []diag.Related{{Position: matrix.RulePosition(by), Message: "the router of Synapse"}},
			})
		}
	}
}

// reportShadowedSites reports the first of the places in a file of Caddy or nginx that one place comes before.
func reportShadowedSites(d *model.Deployment, fate matrix.CompatFate, report func(diag.Finding)) {
	seen := map[*model.Route]bool{}
	for i, r := range fate.Shadowed {
		by := fate.By[i]
		if seen[by] {
			continue
		}
		seen[by] = true
		report(diag.Finding{
			Position: matrix.RulePosition(r),
			Message: fmt.Sprintf("%s on %s never reaches MAS: %s takes it to Synapse by line %d before it comes here", fate.Request[i].Path, fate.Host,
				matrix.ProxyName(d), by.Position.Line),
			Hint:    advice.SiteCompatHint(d),
			Related: []diag.Related{{Position: by.Position, Message: "this takes it to Synapse"}},
		})
	}
}

// priorityText says how a route comes to its priority.
func priorityText(r *model.Route) string {
	switch {
	case r.Priority.Given != nil:
		return fmt.Sprintf("priority %d", r.Priority.Least)
	case len(r.Priority.References) > 0:
		return "the length of its rule"
	}
	return fmt.Sprintf("priority %d, the length of its rule", r.Priority.Least)
}
