package rules

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/sensitive"
)

// reportGeneratedSigningKey reports a command that makes random text where MAS wants a private key.
func reportGeneratedSigningKey(d *model.Deployment, report func(diag.Finding)) {
	for _, item := range matrix.MASItems(d, "secrets", "keys") {
		key := item.Get("key")
		for _, g := range sensitive.Makers(d, key) {
			report(diag.Finding{
				Position: g.At,
				Message:  "MAS does not start with this signing key: random text is no private key",
				Hint:     "openssl genrsa 4096 makes a key; give it to MAS as a file with key_file",
				Related:  []diag.Related{{Position: key.Position, Message: "MAS takes it as a key to sign with"}},
			})
		}
	}
}
