package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
)

// stacksClash: what two stacks claim, one of them gets.
func stacksClash() lint.Rule {
	const (
		home = "-- stacks/home/stack.cue --\npackage home\n\nserverName: \"example.org\"\nidentityProvider: kind: \"none\"\n"
		club = "-- stacks/club/stack.cue --\npackage club\n\nserverName: \"%s\"\nidentityProvider: kind: \"none\"\n"
	)
	return lint.Rule{
		Name:      "stacks-clash",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "synapse, compose; of all stacks of a repository",
		Title:     "two stacks claim the same server name, host or project",
		Why: "Two homeservers of one name sign with different keys, and other servers believe one of them. Of two routes for one host the proxy takes one. " +
			"Two compose projects of one name on one machine remove each other's containers, and use the same volumes.",
		Sees:   "the login or the rooms of the other stack, or errors of signatures at other servers; nothing names the reason",
		Before: home + fmt.Sprintf(club, "example.org"),
		After:  home + fmt.Sprintf(club, "club.example.org"),
		Source: []string{
			"https://spec.matrix.org/latest/server-server-api/#publishing-keys",
			"https://doc.traefik.io/traefik/reference/routing-configuration/http/routing/rules-and-priority/",
			"https://docs.docker.com/compose/how-tos/project-name/",
		},
		CheckTogether: checkStacksClash,
	}
}

func checkStacksClash(all []*model.Deployment, report func(*model.Deployment, diag.Finding)) {
	for i, later := range all {
		for _, first := range all[:i] {
			if f, clash := sameServer(first, later); clash {
				report(later, f)
			} else if f, clash := sameHost(first, later); clash {
				report(later, f)
			}
			if f, clash := sameProject(first, later); clash {
				report(later, f)
			}
		}
	}
}

func sameServer(first, later *model.Deployment) (diag.Finding, bool) {
	name, known := first.Synapse.At("server_name").Literal()
	other := later.Synapse.At("server_name")
	text, knownToo := other.Literal()
	if !known || !knownToo || !strings.EqualFold(name, text) {
		return diag.Finding{}, false
	}
	return diag.Finding{
		Position: other.Position, Message: fmt.Sprintf("%s is the server name of the stack %s, too: other servers believe one of the two", text, first.Name),
		Hint: "one server name is one server, for ever: delete one of the stacks, or give it a name of its own before anybody uses it",
	}, true
}

// asked are requests that services of a Matrix server answer, one for each of them.
var asked = []string{
	"/", "/_matrix/client/versions", "/_matrix/client/v3/login", "/_synapse/client/x", "/.well-known/matrix/client", "/.well-known/matrix/server",
	"/account/", "/authorize", "/.well-known/openid-configuration", "/livekit/jwt/get_token", "/sfu/get",
}

// sameHost returns the first request that both stacks would answer.
func sameHost(first, later *model.Deployment) (diag.Finding, bool) {
	for i := range later.Routes {
		route := &later.Routes[i]
		if !route.Serves || route.Matcher == nil {
			continue
		}
		for _, host := range route.Matcher.Hosts() {
			for _, path := range asked {
				request := model.Request{Host: host, Path: path, Method: "GET"}
				if !takes(route, request) || !slices.ContainsFunc(first.Routes, func(r model.Route) bool { return r.Serves && r.Matcher != nil && takes(&r, request) }) {
					continue
				}
				return diag.Finding{
					Position: ruleOf(route), Subject: host, Message: fmt.Sprintf("%s answers for %s, and so does the stack %s: the proxy takes one of them", later.Name, host, first.Name),
					Hint: "give one of the stacks other hosts; if they run behind different proxies, ignore this with a reason",
				}, true
			}
		}
	}
	return diag.Finding{}, false
}

func takes(r *model.Route, request model.Request) bool {
	matches, known := r.Matcher.Match(request)
	return matches && known
}

func sameProject(first, later *model.Deployment) (diag.Finding, bool) {
	name, known := container.ComposeName(first).Literal()
	other := container.ComposeName(later)
	text, knownToo := other.Literal()
	if !known || !knownToo || name != text {
		return diag.Finding{}, false
	}
	return diag.Finding{
		Position: other.Position, Severity: diag.Warning,
		Message: fmt.Sprintf("the compose project is %s, like that of the stack %s: on one machine, each would remove the other's containers", text, first.Name),
		Hint:    "set name in one of the two",
	}, true
}

// ruleOf returns where the rule of a route stands, which names the host.
func ruleOf(r *model.Route) diag.Position {
	if r.Rule != nil {
		return r.Rule.Position
	}
	return r.Position
}
