package secret

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/matrixgen/matrixgen/internal/model"
)

// Read returns what an operator gave as the value of a slot: one newline at the end is his editor's or his shell's, and left out. The error,
// an [*Error], says what is wrong with the value without a part of it.
func Read(slot *model.Slot, given []byte) (Value, error) {
	v := normal(slot.Format, string(given))
	if problem := Problem(slot.Format, v); problem != "" {
		return Value{}, wrong("", "%s was not set: the value %s", slot.Name, problem)
	}
	return v, nil
}

// normal returns a text as it is kept: without the newline at the end, and a key with the line ends of Unix.
func normal(format, text string) Value {
	if isKey(format) || format == "signing-key" {
		return Value{strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))}
	}
	return Value{strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")}
}

// isKey reports whether a value is a private key, PEM.
func isKey(format string) bool {
	return format == "rsa" || strings.TrimPrefix(format, "given-") == "ec"
}

// Problem says why a value cannot be what its format says, as the end of a sentence and without a part of the value; "" if it can.
func Problem(format string, v Value) string {
	text := v.text
	switch {
	case text == "":
		return "is empty"
	case !utf8.ValidString(text):
		return "is not UTF-8 text"
	case isKey(format):
		return keyFault(strings.TrimPrefix(format, "given-"), text)
	case strings.TrimRight(text, "\r\n") != text:
		return "ends in a newline, which its readers would take for a part of it"
	case strings.ContainsFunc(text, unicode.IsControl):
		return "has a line break or another control character in it"
	case strings.TrimSpace(text) != text:
		return "begins or ends with a blank"
	}
	switch format {
	case "hex32":
		if n := utf8.RuneCountInString(text); n != 64 {
			return fmt.Sprintf("has %d characters, want 64 hex digits", n)
		}
		if !regexp.MustCompile(`^[0-9a-fA-F]{64}$`).MatchString(text) {
			return "has characters that are no hex digits"
		}
	case "token":
		if !regexp.MustCompile(`^[A-Za-z0-9._~-]+$`).MatchString(text) {
			return "has characters that do not stand in a URL as they are: want A-Z, a-z, 0-9, '.', '_', '~' and '-'"
		}
		return tooShort(text, 32)
	case "password":
		return tooShort(text, 16)
	case "signing-key":
		if match := regexp.MustCompile(`^ed25519 [A-Za-z0-9_]+ ([A-Za-z0-9+/]{43})$`).FindStringSubmatch(text); match == nil {
			return "is not a signing key of Synapse: want ed25519, a name such as a_AbCd, and 43 characters of base64"
		} else if _, err := base64.RawStdEncoding.DecodeString(match[1]); err != nil {
			return "is not a signing key of Synapse: its last part is not 32 bytes in base64"
		}
	}
	return ""
}

func tooShort(text string, want int) string {
	if n := utf8.RuneCountInString(text); n < want {
		return fmt.Sprintf("has %d characters, want %d at least", n, want)
	}
	return ""
}

// keyFault says why a text is not a private key of that kind which MAS can read: RSA with 2048 bits or more, or EC on the curve P-256.
func keyFault(format, text string) string {
	want := map[string]string{"rsa": "an RSA private key", "ec": "an EC private key on the curve P-256"}[format]
	block, rest := pem.Decode([]byte(text))
	for block != nil && block.Type == "EC PARAMETERS" { // openssl writes the curve first
		block, rest = pem.Decode(rest)
	}
	switch {
	case block == nil:
		return "is not PEM, want " + want
	case strings.Contains(block.Type, "ENCRYPTED") || block.Headers["DEK-Info"] != "":
		return "is a key with a passphrase, which nobody gives to MAS: want " + want + " without one"
	case !strings.HasSuffix(block.Type, "PRIVATE KEY"):
		return "is not a private key, want " + want
	case len(strings.TrimSpace(string(rest))) > 0:
		return "has more than one key in it, want " + want
	}
	switch key := parseKey(block.Bytes).(type) {
	case *rsa.PrivateKey:
		if format == "rsa" && key.N.BitLen() < 2048 {
			return fmt.Sprintf("is an RSA key of %d bits, want 2048 at least", key.N.BitLen())
		}
		if format == "rsa" {
			return ""
		}
		return "is an RSA key, want " + want
	case *ecdsa.PrivateKey:
		if format == "ec" && key.Curve == elliptic.P256() {
			return ""
		}
		return "is an EC key on the curve " + key.Curve.Params().Name + ", want " + want
	case nil:
		return "is damaged, or a key of another kind: want " + want
	}
	return "is a key of another kind, want " + want
}

// parseKey returns the private key in any of the three forms, or nil.
func parseKey(der []byte) any {
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return key
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key
	}
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		return key
	}
	return nil
}

// bits estimates how many random bits a text holds at most: by how its characters are spread, and once for what repeats.
func bits(text string) float64 {
	for n := 1; n <= len(text)/2; n++ {
		if len(text)%n == 0 && strings.Repeat(text[:n], len(text)/n) == text {
			text = text[:n]
		}
	}
	counts, total := map[rune]float64{}, 0.0
	for _, r := range text {
		counts[r]++
		total++
	}
	perCharacter := 0.0
	for _, n := range counts {
		perCharacter -= n / total * math.Log2(n/total)
	}
	return perCharacter * total
}
