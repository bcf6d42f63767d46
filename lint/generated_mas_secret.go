package lint

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// reportGeneratedEncryptionKey reports a command that makes something else than an encryption key for MAS.
func reportGeneratedEncryptionKey(d *model.Deployment, report func(diag.Finding)) {
	key := d.MAS.At("secrets", "encryption")
	for _, g := range makers(d, key) {
		if g.encoding == "hex" && (g.bytes == 32 || g.bytes == 0) || g.encoding == "" {
			continue
		}
		what := "base64, and not 64 hex digits"
		if g.encoding == "hex" {
			what = fmt.Sprintf("%d hex digits, and not 64", 2*g.bytes)
		}
		report(diag.Finding{
			Position: g.at,
			Message:  "MAS does not start with this encryption key: the command makes " + what,
			Hint:     "use openssl rand -hex 32",
			Related:  []diag.Related{{Position: key.Position, Message: "MAS takes it as its encryption key"}},
		})
	}
}

// reportGeneratedSigningKey reports a command that makes random text where MAS wants a private key.
func reportGeneratedSigningKey(d *model.Deployment, report func(diag.Finding)) {
	for _, item := range masItems(d, "secrets", "keys") {
		key := item.Get("key")
		for _, g := range makers(d, key) {
			report(diag.Finding{
				Position: g.at,
				Message:  "MAS does not start with this signing key: random text is no private key",
				Hint:     "openssl genrsa 4096 makes a key; give it to MAS as a file with key_file",
				Related:  []diag.Related{{Position: key.Position, Message: "MAS takes it as a key to sign with"}},
			})
		}
	}
}

// reportGeneratedPassword reports a command that makes a password which breaks the URI that it is put into in half of all cases. What the
// comment of an env file advises is left to the command, if there is one.
func reportGeneratedPassword(d *model.Deployment, report func(diag.Finding)) {
	uri := d.MAS.At("database", "uri")
	var found []generated
	for _, g := range makers(d, uri) {
		if g.encoding == "base64" && (!g.advice || len(found) == 0) {
			found = append(found, g)
		}
	}
	for _, g := range found {
		report(diag.Finding{
			Severity: diag.Warning,
			Position: g.at,
			Message:  "half of the passwords that this makes hold a slash, which ends the host in the database URI of MAS",
			Hint:     "use openssl rand -hex 32",
			Related:  []diag.Related{{Position: uri.Position, Message: "the password becomes part of this URI"}},
		})
	}
}
