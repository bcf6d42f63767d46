package rules

import (
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

// isHeadedElsewhere reports whether a proxy in front of a web server may add headers to what that sends.
func isHeadedElsewhere(d *model.Deployment, server *model.Service) bool {
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
