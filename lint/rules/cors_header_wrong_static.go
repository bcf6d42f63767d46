package rules

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/route"
	"github.com/matrixgen/matrixgen/lint"
)

// reportClosedWellKnown reports a client document that Caddy or nginx sends itself, and that web clients of other origins may not read.
func reportClosedWellKnown(d *model.Deployment, report func(diag.Finding)) {
	if d.Guide {
		return
	}
	for _, closed := range route.ClosedDocuments(d, "/.well-known/matrix/client") {
		if closed.Text != "" && !strings.Contains(closed.Text, "m.homeserver") || isHeadedElsewhere(d, closed.Server) {
			continue
		}
		f := diag.Finding{
			Position: closed.Position,
			Message:  "web clients cannot find the homeserver by its name: this document is sent without Access-Control-Allow-Origin",
			Hint:     "add the header Access-Control-Allow-Origin with the value * beside it",
		}
		if closed.Text == "" {
			f.Message = "web clients cannot find the homeserver by its name: what this sends as /.well-known/matrix/client has no Access-Control-Allow-Origin"
		}
		if closed.Guessed {
			lint.Unsure(report)(f)
		} else {
			report(f)
		}
	}
}

// isHeadedElsewhere reports whether a proxy in front of a web server may add headers to what that sends. Without a server it is any Caddy.
func isHeadedElsewhere(d *model.Deployment, server *model.Service) bool {
	servers := []*model.Service{server}
	if server == nil {
		servers = d.Of("caddy")
	}
	if slices.ContainsFunc(servers, func(s *model.Service) bool { return isHeadedByLabels(d, s) }) {
		return true
	}
	if d.Proxy != nil && d.Proxy.Service == server {
		return false
	}
	for _, r := range matrix.RoutesTo(d, server) {
		if r.With(func(e model.Effects) bool { return e.Any || e.SetsHeaders }) != nil {
			return true
		}
	}
	return false
}

// isHeadedByLabels reports whether the labels of a web server ask a Traefik, of another project perhaps, for a middleware that may add headers.
func isHeadedByLabels(d *model.Deployment, server *model.Service) bool {
	for _, label := range route.Labels(server) {
		name := strings.ToLower(label.Name)
		if !strings.HasPrefix(name, "traefik.http.routers.") || !strings.HasSuffix(name, ".middlewares") {
			continue
		}
		names, known := label.Value.Literal()
		if !known || slices.ContainsFunc(strings.Split(names, ","), func(middleware string) bool { return maySetHeaders(d, strings.TrimSpace(middleware)) }) {
			return true
		}
	}
	return false
}

// maySetHeaders reports whether a middleware sets headers of answers. One that no label here defines may.
func maySetHeaders(d *model.Deployment, middleware string) bool {
	name, _, _ := strings.Cut(strings.ToLower(middleware), "@")
	defined := false
	for _, s := range d.Services {
		for _, label := range route.Labels(s) {
			option, isIts := strings.CutPrefix(strings.ToLower(label.Name), "traefik.http.middlewares."+name+".")
			kind, _, _ := strings.Cut(option, ".")
			if isIts && slices.Contains([]string{"headers", "chain", "plugin"}, kind) {
				return true
			}
			defined = defined || isIts
		}
	}
	return !defined
}
