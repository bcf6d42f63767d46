package rules

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// masEncryptionKey: MAS encrypts cookies and database fields with a key of 32 bytes, written as 64 hex digits and nothing else.
func masEncryptionKey() lint.Rule {
	return lint.Rule{
		Name:      "mas-encryption-key-format",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "mas, files",
		Title:     "the encryption key of MAS is not 64 hex digits",
		Why:       "MAS does not start with an encryption key that is not exactly 32 bytes in hex. It encrypts cookies and database fields with it.",
		Sees: "Can't convert a Byte Vector of length 64 to the output type, Odd number of digits, or Content of `encryption_file` must " +
			"contain hex characters encoding exactly 32 bytes",
		Quotes: map[string][]string{
			"MAS 1.22.0": {"Can't convert a Byte Vector of length 64 to the output type", "Odd number of digits", "must contain hex characters encoding exactly 32 bytes"},
		},
		Before: example.MAS(`secrets:
  encryption: ""
  keys: [{key_file: /run/secrets/key}]
`),
		After: example.MAS(`secrets:
  encryption_file: /run/secrets/encryption
  keys: [{key_file: /run/secrets/key}]
`),
		Source: []string{
			"element-hq/matrix-authentication-service crates/config/src/sections/secrets.rs",
			"https://element-hq.github.io/matrix-authentication-service/reference/configuration.html#secrets",
		},
		Check: checkMASEncryptionKey,
	}
}

func checkMASEncryptionKey(d *model.Deployment, report func(diag.Finding)) {
	const hint = "generate it once with openssl rand -hex 32, and keep it: what is encrypted with it is lost without it"
	inline, file := d.MAS.At("secrets", "encryption"), d.MAS.At("secrets", "encryption_file")
	if text, known := inline.Literal(); known && inline.Kind == model.String && !placeholder.In(text) {
		if problem := hexKeyProblem(text); problem != "" {
			report(diag.Finding{Position: inline.Position, Message: "MAS does not start: the encryption key " + problem, Hint: hint})
		}
	}
	reportGeneratedEncryptionKey(d, report)
	if content := container.MountedText(d, d.MAS, file); content != nil {
		// White space at the end is for the rule on files that end in a new line.
		text := strings.TrimRight(content.Text, " \t\r\n")
		if problem := hexKeyProblem(text); problem != "" && !placeholder.In(text) {
			report(diag.Finding{
				Position: content.Position,
				Message:  "MAS does not start: the encryption key in this file " + problem,
				Hint:     hint,
				Related:  []diag.Related{{Position: file.Position, Message: "MAS reads it as its encryption key"}},
			})
		}
	}
}

// hexKeyProblem says what keeps the text from being 32 bytes in hex, without showing it.
func hexKeyProblem(text string) string {
	if text == "" {
		return "is empty, and has to be 64 hex digits"
	}
	if len(text) != 64 {
		return fmt.Sprintf("has %d characters and not 64 hex digits", len([]rune(text)))
	}
	if _, err := hex.DecodeString(text); err != nil {
		return "has characters that are no hex digits"
	}
	return ""
}
