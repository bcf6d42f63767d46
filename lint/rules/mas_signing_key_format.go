package rules

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/internal/sensitive"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// masSigningKey: MAS signs ID tokens with its keys. It does not start with one that it cannot read, and clients expect an RSA key.
func masSigningKey() lint.Rule {
	return lint.Rule{
		Name:      "mas-signing-key-format",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "mas, files",
		Title:     "a signing key of MAS cannot be read, or none is RSA",
		Why: "MAS does not start with a signing key that it cannot read. Without an RSA key it starts, and cannot sign with RS256, which " +
			"OpenID Connect wants of every provider.",
		Sees: "could not import keys from config, caused by: Unsupported format; or Key is encrypted and no password was provided",
		Quotes: map[string][]string{
			"MAS 1.22.0": {"could not import keys from config", "Unsupported format", "Key is encrypted and no password was provided"},
		},
		Before: example.MAS(`secrets:
  encryption_file: /run/secrets/encryption
  keys:
    - key: |
        -----BEGIN OPENSSH PRIVATE KEY-----
        …
        -----END OPENSSH PRIVATE KEY-----
`),
		After: example.MAS(`secrets:
  encryption_file: /run/secrets/encryption
  keys:
    - key: |
        -----BEGIN RSA PRIVATE KEY-----
        …
        -----END RSA PRIVATE KEY-----
`),
		Source: []string{
			"element-hq/matrix-authentication-service crates/keystore/src/lib.rs",
			"https://element-hq.github.io/matrix-authentication-service/reference/configuration.html#secrets",
		},
		Check: checkMASSigningKey,
	}
}

func checkMASSigningKey(d *model.Deployment, report func(diag.Finding)) {
	reportGeneratedSigningKey(d, report)
	secrets := d.MAS.At("secrets")
	keys := secrets.Get("keys")
	allEC := keys != nil && keys.Kind == model.List && !keys.Unknown
	for _, item := range matrix.MASItems(d, "secrets", "keys") {
		value := item.Get("key")
		if !value.IsSet() {
			value = container.MountedText(d, d.MAS, item.Get("key_file"))
		}
		text, known := value.Literal()
		// DER is not text, and an empty key is filled in by a script.
		if !known || placeholder.In(text) || strings.TrimSpace(text) == "" || strings.HasPrefix(text, "0\x82") {
			allEC = false
			continue
		}
		key := sensitive.ReadPEM(text)
		allEC = allEC && key.Kind == "EC"
		reportPEM(d.MAS, item, value, key, report)
	}
	if secrets == nil || secrets.Kind != model.Map || d.MAS.Partial || secrets.Get("keys_dir").IsSet() {
		return
	}
	const hint = "add a key made with openssl genrsa 4096; the others may stay"
	switch {
	case keys == nil || keys.Kind == model.List && len(keys.Items) == 0:
		report(diag.Finding{
			Severity: diag.Warning,
			Position: d.MAS.Root.KeyPosition("secrets"),
			Message:  "MAS has no key to sign tokens with",
			Hint:     hint,
		})
	case allEC && len(matrix.MASItems(d, "secrets", "keys")) == len(keys.Items):
		report(diag.Finding{
			Severity: diag.Warning,
			Position: secrets.KeyPosition("keys"),
			Message:  "none of MAS's signing keys is an RSA key, so that it cannot sign with RS256, which clients expect",
			Hint:     hint,
		})
	}
}

func reportPEM(c *model.Configuration, item, value *model.Node, key sensitive.PEMKey, report func(diag.Finding)) {
	password := item.Get("password")
	if !password.IsSet() {
		password = item.Get("password_file")
	}
	switch {
	case key.Problem != "":
		report(diag.Finding{
			Position: value.Position,
			Message:  "MAS does not start: this signing key " + key.Problem,
			Hint:     "openssl genrsa 4096 makes one that MAS reads; in YAML it stands below key: |",
		})
	case key.Encrypted && !password.IsSet() && matrix.ItemsAreWhole(c):
		report(diag.Finding{
			Position: value.Position,
			Message:  "MAS does not start: this signing key is encrypted, and no password is given",
			Hint:     "add password_file to this key, or decrypt it with openssl pkey",
		})
	case key.Plain && password.IsSet():
		report(diag.Finding{
			Position: password.Position,
			Message:  "MAS does not start: a password is given for a signing key that is not encrypted",
			Hint:     "delete the password",
		})
	}
}
