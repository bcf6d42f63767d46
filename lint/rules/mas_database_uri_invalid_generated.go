package rules

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/sensitive"
)

// reportGeneratedPassword reports a command that makes a password which breaks the URI that it is put into in half of all cases. What the
// comment of an env file advises is left to the command, if there is one.
func reportGeneratedPassword(d *model.Deployment, report func(diag.Finding)) {
	uri := d.MAS.At("database", "uri")
	var found []sensitive.Generated
	for _, g := range sensitive.Makers(d, uri) {
		if g.Encoding == "base64" && (!g.Advice || len(found) == 0) {
			found = append(found, g)
		}
	}
	for _, g := range found {
		report(diag.Finding{
			Severity: diag.Warning,
			Position: g.At,
			Message:  "half of the passwords that this makes hold a slash, which ends the host in the database URI of MAS",
			Hint:     "use openssl rand -hex 32",
			Related:  []diag.Related{{Position: uri.Position, Message: "the password becomes part of this URI"}},
		})
	}
}
