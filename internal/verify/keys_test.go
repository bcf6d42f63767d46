package verify_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// keysOf returns the document of keys of a server as it is told: "keys of example.org", and behind that what is wrong with it.
func keysOf(t *testing.T, told string) []byte {
	t.Helper()
	words := strings.Fields(told)
	name, fault := words[2], strings.Join(words[3:], " ")
	private := ed25519.NewKeyFromSeed([]byte("a seed of exactly 32 bytes, here"))
	encode := base64.RawStdEncoding.EncodeToString
	until := now().Add(24 * time.Hour)
	if fault == "expired" {
		until = now().Add(-time.Hour)
	}
	document := map[string]any{
		"server_name": name, "valid_until_ts": until.UnixMilli(), "old_verify_keys": map[string]any{"ed25519:ö<&>\u2028": map[string]any{"expired_ts": 1796097336791, "key": "2YuG7aWisLMhZzoFDskTRh1r2YR4vRf6qBXyylhVutE"}},
		"verify_keys": map[string]any{"ed25519:a_JMgQ": map[string]any{"key": encode(private.Public().(ed25519.PublicKey))}},
	}
	var signed strings.Builder
	encoder := json.NewEncoder(&signed) // it sorts keys; the escapes that it makes and Matrix does not are taken away
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(document); err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(strings.TrimSuffix(signed.String(), "\n"), `\u2028`, "\u2028")
	signature := ed25519.Sign(private, []byte(text))
	if fault == "forged" {
		signature[0] ^= 1
	}
	document["signatures"] = map[string]any{name: map[string]any{"ed25519:a_JMgQ": encode(signature)}}
	if fault == "unsigned" {
		delete(document, "signatures")
	}
	body, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return body
}
