package lint

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/route"
)

// reportClosedWellKnown reports a client document that Caddy answers itself, and that web clients of other origins may not read.
func reportClosedWellKnown(d *model.Deployment, report func(diag.Finding)) {
	if d.Guide {
		return
	}
	for _, doc := range d.Documents {
		for _, n := range route.ClosedDocuments(doc, "/.well-known/matrix/client") {
			if !strings.Contains(n.Text, "m.homeserver") {
				continue
			}
			report(diag.Finding{
				Position: n.Position,
				Message:  "web clients cannot find the homeserver by its name: this document is sent without Access-Control-Allow-Origin",
				Hint:     "add header Access-Control-Allow-Origin \"*\" beside it",
			})
		}
	}
}
