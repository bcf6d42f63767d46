package rules

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// secretFileNewline: editors and echo end a file in a new line, and a few readers of secrets take that for a part of the secret.
func secretFileNewline() lint.Rule {
	return lint.Rule{
		Name:      "secret-file-trailing-newline",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Fatal:     true,
		Documents: "mas, pocket-id, secret files",
		Title:     "a secret file ends in white space that becomes part of it",
		Why: "MAS reads its encryption key, its pepper and the passwords of its keys, and Pocket ID its encryption key, to the last byte of the " +
			"file. A new line at the end is then part of the secret: MAS stops, or cannot read what it should.",
		Sees: "`secrets.encryption_file` must contain hex characters encoding exactly 32 bytes; decryption and password checks fail",
		Quotes: map[string][]string{
			"MAS 1.22.0": {"must contain hex characters encoding exactly 32 bytes"},
		},
		Before: newlineExample("/config/encryption"),
		After:  newlineExample("/run/secrets/encryption"),
		Source: []string{
			"element-hq/matrix-authentication-service crates/config/src/sections/secrets.rs",
			"element-hq/matrix-authentication-service crates/config/src/sections/passwords.rs",
			"pocket-id/pocket-id backend/internal/common/env_config.go",
		},
		Check: checkSecretFileNewline,
	}
}

func newlineExample(file string) string {
	return example.MAS(`secrets:
  encryption_file: `+file+`
  keys: [{key_file: /run/secrets/key}]
`) + `-- compose.yaml --
services:
  mas:
    image: ghcr.io/element-hq/matrix-authentication-service:1.22.0
    volumes:
      - ./mas.yaml:/config.yaml:ro
      - ./encryption:/config/encryption:ro
    secrets: [database, encryption, key, shared]
secrets:
  database: {file: ./secrets/database}
  encryption: {file: ./secrets/encryption}
  key: {file: ./secrets/key}
  shared: {file: ./secrets/shared}
-- encryption --
5ed2a1f7c8b94036e2d1907f4ac3b658907d1e2f3a4b5c6d7e8f9a0b1c2d3e4f
`
}

// untrimmed is a path of a secret file whose reader keeps white space.
type untrimmed struct {
	c    *model.Configuration
	path *model.Node
	// effect says what comes of it.
	effect   string
	severity diag.Severity
}

func checkSecretFileNewline(d *model.Deployment, report func(diag.Finding)) {
	for _, u := range untrimmedFiles(d) {
		content := container.MountedText(d, u.c, u.path)
		if content == nil || placeholder.In(content.Text) || strings.TrimSpace(content.Text) == "" || strings.Contains(content.Text, "ENC[AES256_GCM") {
			continue
		}
		bare := strings.TrimRight(content.Text, " \t\r\n")
		if bare == content.Text {
			continue
		}
		last := bare[strings.LastIndex(bare, "\n")+1:]
		report(diag.Finding{
			Severity: u.severity,
			Position: diag.Position{
				File:   content.Position.File,
				Line:   content.Position.Line + strings.Count(bare, "\n"),
				Column: utf8.RuneCountInString(last) + 1,
			},
			Secret:  true,
			Message: fmt.Sprintf("%s: this file ends in white space, which counts", u.effect),
			Hint:    "write the file with printf %s instead of echo or an editor",
			Related: []diag.Related{{Position: u.path.Position, Message: "it is read from here"}},
		})
	}
}

// untrimmedFiles returns the secret files whose readers keep white space at the end.
func untrimmedFiles(d *model.Deployment) []untrimmed {
	files := []untrimmed{{d.MAS, d.MAS.At("secrets", "encryption_file"), "MAS does not start, since its encryption key is not 64 hex digits", diag.Error}}
	for _, key := range matrix.MASItems(d, "secrets", "keys") {
		files = append(files, untrimmed{d.MAS, key.Get("password_file"), "MAS does not start, since the password does not open its key", diag.Error})
	}
	for _, l := range matrix.MASItems(d, "http", "listeners") {
		files = append(files, untrimmed{d.MAS, l.At("tls", "password_file"), "MAS does not start, since the password does not open its key", diag.Error})
	}
	for _, scheme := range matrix.MASItems(d, "passwords", "schemes") {
		files = append(files, untrimmed{d.MAS, scheme.Get("secret_file"), "passwords that were made without it are refused", diag.Warning})
	}
	for _, s := range d.Of("pocket-id") {
		files = append(files, untrimmed{&model.Configuration{Service: s}, s.Env("ENCRYPTION_KEY_FILE"),
			"Pocket ID cannot read its keys once the file is written without it", diag.Warning})
	}
	return files
}
