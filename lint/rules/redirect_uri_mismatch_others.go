package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// reportForeignRedirects reports clients of Authelia, Authentik and Keycloak that do not have the callback of MAS.
func reportForeignRedirects(d *model.Deployment, report func(diag.Finding)) {
	for _, c := range matrix.ForeignClients(d) {
		callback, isULID, known := matrix.CallbackURL(d, c.Provider)
		waits := func(r matrix.Redirect) bool { return placeholder.In(r.Text) }
		takes := func(r matrix.Redirect) bool { return r.Takes(callback) }
		if !known || !isULID || !c.Whole || slices.ContainsFunc(c.Redirects, waits) || slices.ContainsFunc(c.Redirects, takes) {
			continue
		}
		f := diag.Finding{
			Position: c.Spec.KeyPosition("redirect_uris"),
			Message:  fmt.Sprintf("%s refuses every login: MAS wants them back at %s, which its client does not have", c.Product, callback),
			Hint:     "register exactly that URL",
			Related:  []diag.Related{{Position: c.Provider.Get("id").Position, Message: "the provider of MAS"}},
		}
		if c.Product == "Keycloak" {
			f.Position = c.Spec.KeyPosition("redirectUris")
		}
		for _, r := range c.Redirects {
			if strings.Contains(r.Text, "/upstream/callback/") {
				f.Position = r.Position
				f.Message = strings.Replace(f.Message, "which its client does not have", "and its client has this", 1)
			}
		}
		report(f)
	}
}
