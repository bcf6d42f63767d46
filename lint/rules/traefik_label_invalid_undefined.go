package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/route"
	"github.com/matrixgen/matrixgen/internal/suggest"
)

// reportUndefinedNames reports a router whose service nobody defines, and one with a middleware of a file that has none of that name. Middlewares
// of labels may be those of other projects, which is how most are shared; services are not.
func reportUndefinedNames(defined *route.Definitions, r *model.Route, report func(diag.Finding)) {
	if service := r.At("service"); service != nil && !service.Unknown && r.Target != "" && defined.Lacks("services", r.Target, r.Provider) {
		f := diag.Finding{
			Position: service.Position,
			Message:  fmt.Sprintf("Traefik drops the router %s: nothing defines the service %s", r.Name, r.Target),
			Hint:     "name a service that labels or files define",
		}
		if nearest := suggest.Nearest(r.Target, defined.Names("services", r.Provider)); nearest != "" {
			f.Hint = "did you mean " + nearest + "?"
		}
		report(f)
	}
	for _, m := range r.Middlewares {
		if !m.Defined && strings.HasSuffix(m.Name, "@file") && !strings.Contains(m.Name, "${") && defined.Lacks("middlewares", m.Name, r.Provider) {
			report(diag.Finding{
				Position: m.Position,
				Message:  fmt.Sprintf("Traefik drops the router %s: no file defines the middleware %s", r.Name, m.Name),
				Hint:     "define it in a file of Traefik's file provider, or leave it out",
			})
		}
	}
}
