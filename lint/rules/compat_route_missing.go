package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/advice"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// compatRouteMissing: with MAS, Synapse has no /login, /logout and /refresh any more. The proxy has to send them to MAS.
func compatRouteMissing() lint.Rule {
	return lint.Rule{
		Name:      "compat-route-missing",
		Severity:  diag.Error,
		Guide:     lint.GuideWarns,
		Documents: "traefik, mas, synapse",
		Title:     "calls that MAS has to answer are not routed to it",
		Why: "Bridges, bots and clients without OAuth log in, log out and refresh tokens by calls of the homeserver that Synapse no longer " +
			"answers once MAS has the logins; they work only if the proxy sends them to MAS.",
		Sees: "404 M_UNRECOGNIZED on login, logout and refresh; in Element, where it does not log in at MAS by itself, There was a problem communicating with the homeserver, please try again later.",
		Quotes: map[string][]string{
			"Element Web 1.12.26": {"There was a problem communicating with the homeserver, please try again later."},
			"Synapse 1.163.2":     {"M_UNRECOGNIZED"},
		},
		Before: example.Routed("", example.AccountRouterLabels),
		After:  example.Routed("", example.AccountRouterLabels+example.CompatRouter),
		Source: []string{
			"element-hq/matrix-authentication-service crates/router/src/endpoints.rs",
			"https://github.com/element-hq/matrix-authentication-service/issues/5640",
			"https://github.com/element-hq/element-web/issues/31423",
			"https://github.com/element-hq/element-android/issues/9082",
		},
		Check: checkCompatRouteMissing,
	}
}

func checkCompatRouteMissing(d *model.Deployment, report func(diag.Finding)) {
	reportGuideCompat(d, report)
	report = lint.GuessingProxy(d, report)
	for _, fate := range matrix.CompatFates(d) {
		if len(fate.Lost) == 0 || len(fate.Shadowed) > 0 {
			continue // a route that is shadowed comes first
		}
		f := diag.Finding{
			Position: matrix.LabelsPosition(d.MAS.Service),
			Message:  fmt.Sprintf("bridges and clients without OAuth cannot log in: nothing sends %s on %s to MAS", namesOfCalls(fate.Lost), fate.Host),
			Hint: fmt.Sprintf("add a router to MAS with priority 1000 and the rule Host(`%s`) && PathRegexp(`^/_matrix/client/[^/]+/(login|logout|refresh)(/.*)?$$`)",
				fate.Host),
		}
		for i := range d.Routes {
			if r := &d.Routes[i]; r.ReachesProduct("mas") && slices.Contains(r.Matcher.Hosts(), fate.Host) {
				f.Position = matrix.RulePosition(r)
				f.Message = fmt.Sprintf("this rule does not take %s to MAS: bridges and clients without OAuth fail there", namesOfCalls(fate.Lost))
				f.Hint = "let it match `^/_matrix/client/[^/]+/(login|logout|refresh)(/.*)?$$`"
			}
		}
		if d.Proxy.Kind != "traefik" {
			describeSiteCompat(d, fate, &f)
		}
		if fate.Taker != nil && matrix.RulePosition(fate.Taker) != f.Position {
			f.Related = []diag.Related{{Position: matrix.RulePosition(fate.Taker), Message: "this sends them to Synapse"}}
		}
		report(f)
	}
}

// describeSiteCompat puts a finding where it belongs in a file of Caddy or nginx: at the first matcher or location that takes some of the calls
// to MAS, or else at what takes them to Synapse, or at what takes others there.
func describeSiteCompat(d *model.Deployment, fate matrix.CompatFate, f *diag.Finding) {
	if fate.Taker != nil {
		f.Position = matrix.RulePosition(fate.Taker)
		f.Message = fmt.Sprintf("bridges and clients without OAuth cannot log in: this takes %s on %s to Synapse, and not to MAS", namesOfCalls(fate.Lost), fate.Host)
	} else if routes, _ := d.Answering(matrix.ClientRequest(fate.Host)); len(routes) > 0 {
		f.Position = matrix.RulePosition(routes[0])
	}
	f.Hint = advice.SiteCompatHint(d)
	found := false
	for i := range d.Routes {
		r := &d.Routes[i]
		takes := func(request model.Request) bool { matches, known := r.Matcher.Match(request); return matches && known }
		if !r.ReachesProduct("mas") || !slices.ContainsFunc(matrix.CompatRequests(fate.Host), takes) || found && r.Position.Line > f.Line {
			continue
		}
		found = true
		f.Position = r.Position
		f.Message = fmt.Sprintf("this does not take %s to MAS: bridges and clients without OAuth fail there", namesOfCalls(fate.Lost))
	}
}

// namesOfCalls returns the ends of the paths that clients call, each once: login, logout/all and refresh.
func namesOfCalls(requests []model.Request) string {
	var names []string
	versions := map[string]bool{}
	for _, r := range requests {
		version, name, _ := strings.Cut(strings.TrimPrefix(r.Path, "/_matrix/client/"), "/")
		name = strings.TrimSuffix(name, "/x")
		versions[version] = true
		if !slices.Contains(names, name) && !slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(name, n+"/") }) {
			names = append(names, name)
		}
	}
	version := "*"
	if len(versions) == 1 {
		for v := range versions {
			version = v
		}
	}
	return "/_matrix/client/" + version + "/" + strings.Join(names, ", ")
}
