package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/sensitive"
)

// reportGeneratedEncryptionKey reports a command that makes something else than an encryption key for MAS.
func reportGeneratedEncryptionKey(d *model.Deployment, report func(diag.Finding)) {
	key := d.MAS.At("secrets", "encryption")
	for _, g := range sensitive.Makers(d, key) {
		if g.Encoding == "hex" && (g.Bytes == 32 || g.Bytes == 0) || g.Encoding == "" {
			continue
		}
		what := "base64, and not 64 hex digits"
		if g.Encoding == "hex" {
			what = fmt.Sprintf("%d hex digits, and not 64", 2*g.Bytes)
		}
		report(diag.Finding{
			Position: g.At,
			Message:  "MAS does not start with this encryption key: the command makes " + what,
			Hint:     "use openssl rand -hex 32",
			Related:  []diag.Related{{Position: key.Position, Message: "MAS takes it as its encryption key"}},
		})
	}
}
