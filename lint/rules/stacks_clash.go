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
		home = "-- stacks/home/stack.cue --\npackage home\n\nserverName: \"example.org\"\npasswords: enabled: true\n"
		club = "-- stacks/club/stack.cue --\npackage club\n\nserverName: \"%s\"\npasswords: enabled: true\n"
	)
	return lint.Rule{
		Name:      "stacks-clash",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "synapse, mas, compose; of all stacks of a repository",
		Title:     "two stacks claim the same name, host, data, database or port",
		Why: "Two homeservers of one name sign with different keys, and other servers believe one of them. Of two routes for one host the proxy takes one. " +
			"Two compose projects of one name on one machine remove each other's containers, and use the same volumes. Two servers that write into one " +
			"folder, or into one database, destroy what is there. A port of a machine has one service; it is compared where both stacks name the machine by its address.",
		Sees:   "the login or the rooms of the other stack, or errors of signatures at other servers; nothing names the reason",
		Before: home + fmt.Sprintf(club, "example.org"),
		After:  home + fmt.Sprintf(club, "club.example.org"),
		Source: []string{
			"https://spec.matrix.org/latest/server-server-api/#publishing-keys",
			"https://doc.traefik.io/traefik/reference/routing-configuration/http/routing/rules-and-priority/",
			"https://docs.docker.com/compose/how-tos/project-name/",
			"https://github.com/docker-library/postgres/issues/171",
		},
		Claims: claimsOfStack,
	}
}

// claimsOfStack returns the server name of a stack, the requests that its routes answer, its compose project, its data, and its ports. Of two stacks with one
// server name nothing is said of their hosts, of two projects with one name nothing of their volumes.
func claimsOfStack(d *model.Deployment) []lint.Claim {
	return slices.Concat(claimedServer(d), claimedHosts(d), claimedProject(d), claimedData(d), claimedDatabases(d), claimedPorts(d))
}

func claimedServer(d *model.Deployment) []lint.Claim {
	n := d.Synapse.At("server_name")
	text, known := n.Literal()
	if !known {
		return nil
	}
	position := n.Position
	return []lint.Claim{{Key: "server " + strings.ToLower(text), Once: "requests", Clash: func(first string) diag.Finding {
		return diag.Finding{
			Position: position, Message: fmt.Sprintf("%s is the server name of the stack %s, too: other servers believe one of the two", text, first),
			Hint: "one server name is one server, for ever: delete one of the stacks, or give it a name of its own before anybody uses it",
		}
	}}}
}

// askedPaths are those of requests that services of a Matrix server answer, one for each of them.
func askedPaths() []string {
	return []string{
		"/", "/_matrix/client/versions", "/_matrix/client/v3/login", "/_synapse/client/x", "/.well-known/matrix/client", "/.well-known/matrix/server",
		"/account/", "/authorize", "/.well-known/openid-configuration", "/livekit/jwt/get_token", "/sfu/get",
	}
}

// maxClaimed is for how many hosts of a route is asked: each question takes as long as the route has hosts.
const maxClaimed = 100

// claimedHosts returns the requests that the routes of a stack answer.
func claimedHosts(d *model.Deployment) []lint.Claim {
	var claims []lint.Claim
	name := d.Name
	for i := range d.Routes {
		route := &d.Routes[i]
		if !route.Serves || route.Matcher == nil {
			continue
		}
		position := ruleOf(route)
		hosts := route.Matcher.Hosts()
		for _, host := range hosts[:min(len(hosts), maxClaimed)] {
			clash := func(first string) diag.Finding {
				return diag.Finding{
					Position: position, Subject: host, Message: fmt.Sprintf("%s answers for %s, and so does the stack %s: the proxy takes one of them", name, host, first),
					Hint: "give one of the stacks other hosts; if they run behind different proxies, ignore this with a reason",
				}
			}
			for _, path := range askedPaths() {
				if matches, known := route.Matcher.Match(model.Request{Host: host, Path: path, Method: "GET"}); matches && known {
					claims = append(claims, lint.Claim{Key: "request " + strings.ToLower(host) + path, Once: "requests", Clash: clash})
				}
			}
		}
	}
	return claims
}

func claimedProject(d *model.Deployment) []lint.Claim {
	n := container.ComposeName(d)
	text, known := n.Literal()
	if !known {
		return nil
	}
	position := n.Position
	return []lint.Claim{{Key: "project " + text, Once: "project", Clash: func(first string) diag.Finding {
		return diag.Finding{
			Position: position, Severity: diag.Warning,
			Message: fmt.Sprintf("the compose project is %s, like that of the stack %s: on one machine, each would remove the other's containers", text, first),
			Hint:    "set name in one of the two",
		}
	}}}
}

// ruleOf returns where the rule of a route stands, which names the host.
func ruleOf(r *model.Route) diag.Position {
	if r.Rule != nil {
		return r.Rule.Position
	}
	return r.Position
}
