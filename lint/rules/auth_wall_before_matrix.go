package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/route"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// authWall: apps and other servers cannot fill in the page of somebody who guards the proxy.
func authWall() lint.Rule {
	return lint.Rule{
		Name:      "auth-wall-before-matrix",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "proxy, synapse, mas",
		Title:     "a sign-in of the proxy stands before Matrix",
		Why: "Apps, bridges and other servers speak to /_matrix, to MAS and to the documents of the server name on their own. A password or a " +
			"sign-in page in front of them stops all, however well it protects a website.",
		Sees: "apps that cannot log in, 401 Authorization Required or a redirect to a login page instead of JSON, and federation that is refused",
		Quotes: map[string][]string{
			"nginx 1.22.1": {"401 Authorization Required"},
		},
		Before: example.BehindNginx("\tclient_max_body_size 50m;\n\tauth_basic \"private\";\n\tauth_basic_user_file /certs/htpasswd;\n\tlocation /_matrix { proxy_pass http://synapse:8008; }\n"),
		After:  example.BehindNginx("\tclient_max_body_size 50m;\n\tlocation /_matrix { proxy_pass http://synapse:8008; }\n"),
		Source: []string{
			"element-hq/synapse docs/reverse_proxy.md",
			"https://spec.matrix.org/latest/server-server-api/#server-discovery",
			"https://spec.matrix.org/latest/client-server-api/#well-known-uri",
		},
		Check: checkAuthWall,
	}
}

// wallQuestion is a request that no wall may stop.
type wallQuestion struct {
	model.Request
	who string // who is stopped
}

func checkAuthWall(d *model.Deployment, report func(diag.Finding)) {
	if d.Proxy == nil {
		return
	}
	report = lint.GuessingProxy(d, report)
	seen := map[diag.Position]bool{}
	ways := route.WaysOf(d)
	for _, q := range wallQuestions(d) {
		r, wall := wallOn(ways.Of(q.Request))
		if wall == nil {
			continue
		}
		f := diag.Finding{
			Position: wall.Position,
			Message:  fmt.Sprintf("%s are stopped at https://%s%s: the proxy asks them to sign in", q.who, q.Host, q.Path),
			Hint:     "take the sign-in away here, and keep it for pages such as an admin interface",
		}
		words := entryPointList(d, r, wall.Name)
		if words == nil {
			words = r.At("middlewares")
		}
		if words != nil {
			f.Position = words.Position
			f.Related = []diag.Related{{Position: wall.Position, Message: "who asks"}}
		}
		if wall.Asks != "" && !deniesAll(d) {
			f.Severity = diag.Warning // who is asked may let these through
		}
		if wall.Asks != "" && letsThrough(d) || seen[f.Position] {
			continue
		}
		seen[f.Position] = true
		lint.WarnLocally(&f, q.Host)
		report(f)
	}
}

// entryPointList returns where an entry point of a route gives all of its routers a middleware, or nil.
func entryPointList(d *model.Deployment, r *model.Route, name string) *model.Node {
	for _, point := range route.PointsOf(d.Proxy, r.EntryPoints) {
		list := d.Proxy.Static["entrypoints."+strings.ToLower(point)+".http.middlewares"]
		if list == nil {
			continue
		}
		names := strings.Split(list.Text, ",")
		for _, item := range list.Items {
			names = append(names, item.Text)
		}
		if slices.ContainsFunc(names, func(given string) bool { return strings.TrimSpace(given) == name }) {
			return list
		}
	}
	return nil
}

// wallOn returns the first route on a way that asks for a sign-in, and what asks; nil if none does.
func wallOn(way []route.Step) (*model.Route, *model.Middleware) {
	for _, step := range way {
		if step.Route == nil {
			continue
		}
		if wall := step.Route.With(func(e model.Effects) bool { return e.SignIn }); wall != nil {
			return step.Route, wall
		}
	}
	return nil, nil
}

// wallQuestions returns a request for each part of Matrix that others call on their own.
func wallQuestions(d *model.Deployment) []wallQuestion {
	var all []wallQuestion
	ask := func(who, host string, calls ...matrix.Calls) {
		for _, c := range calls {
			for _, p := range matrix.PathsOf(c) {
				all = append(all, wallQuestion{model.Request{Host: host, Path: p.Path, Method: p.Method}, who})
			}
		}
	}
	if d.Synapse != nil {
		for _, host := range matrix.HomeserverHosts(d) {
			ask("apps", host, matrix.ClientCalls, matrix.CompatCalls)
			ask("other servers", host, matrix.FederationCalls)
		}
	}
	if a, known := matrix.ApexOf(d); known {
		ask("apps and other servers", a.Host, matrix.DocumentCalls)
	}
	if base, known := matrix.PublicBase(d); known && strings.TrimSuffix(base.Path, "/") == "" {
		ask("apps", base.Hostname(), matrix.OAuthCalls, matrix.DiscoveryCalls)
	}
	return all
}

// letsThrough reports whether the settings of who is asked have exceptions, which may be these: Authelia's word for them is bypass.
func letsThrough(d *model.Deployment) bool {
	for _, doc := range d.Documents {
		if doc.Kind == model.KindAuthelia && holdsWord(doc.Root, "bypass") {
			return true
		}
	}
	return false
}

// deniesAll reports whether the settings of who is asked are visible, and have no exceptions.
func deniesAll(d *model.Deployment) bool {
	for _, doc := range d.Documents {
		if doc.Kind == model.KindAuthelia && !doc.Template && !doc.Excerpt && doc.Root.Get("access_control") != nil {
			return !holdsWord(doc.Root, "bypass")
		}
	}
	return false
}

func holdsWord(n *model.Node, word string) bool {
	if n == nil {
		return false
	}
	for _, f := range n.Fields {
		if holdsWord(f.Value, word) {
			return true
		}
	}
	for _, item := range n.Items {
		if holdsWord(item, word) {
			return true
		}
	}
	return n.Unknown || n.Is(word)
}
