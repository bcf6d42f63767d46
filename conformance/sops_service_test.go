package conformance

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// keeper stands in for the services that keep keys: Vault's transit engine and AWS KMS, as far as SOPS asks them. What it "encrypts" is turned round.
type keeper struct {
	mutex sync.Mutex
	asked []string
}

func (k *keeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var said map[string]any
	_ = json.Unmarshal(body, &said)
	text := func(name string) string { text, _ := said[name].(string); return text }
	target := r.Header.Get("X-Amz-Target")
	k.mutex.Lock()
	k.asked = append(k.asked, strings.TrimSpace(target+" "+r.URL.Path))
	k.mutex.Unlock()
	var answer any
	switch { // base64 is turned round without its padding
	case r.URL.Path == "/v1/transit/encrypt/matrix":
		answer = map[string]any{"data": map[string]string{"ciphertext": "vault:v1:" + turned(text("plaintext"))}}
	case r.URL.Path == "/v1/transit/decrypt/matrix":
		answer = map[string]any{"data": map[string]string{"plaintext": turned(strings.TrimPrefix(text("ciphertext"), "vault:v1:"))}}
	case target == "TrentService.Encrypt" && fmt.Sprint(said["EncryptionContext"]) == "map[Stack:a]":
		answer = map[string]string{"CiphertextBlob": turned(text("Plaintext")), "KeyId": text("KeyId")}
	case target == "TrentService.Decrypt" && fmt.Sprint(said["EncryptionContext"]) == "map[Stack:a]":
		answer = map[string]string{"Plaintext": turned(text("CiphertextBlob")), "KeyId": text("KeyId")}
	default:
		w.WriteHeader(http.StatusForbidden)
		answer = map[string]any{"errors": []string{"permission denied"}}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

func turned(base64 string) string {
	text := strings.TrimRight(base64, "=")
	letters := []byte(text)
	slices.Reverse(letters[:len(letters)-len(letters)%4]) // the last group stays, so that it stays base64
	return string(letters) + base64[len(text):]
}

// TestSOPSWithServices encrypts for keys that services keep. The tool asks them through the key service of sops, which sees no value.
func TestSOPSWithServices(t *testing.T) {
	kept := &keeper{}
	server := httptest.NewServer(kept)
	defer server.Close()
	for name, rule := range map[string]string{
		"vault": "hc_vault_transit_uri: " + server.URL + "/v1/transit/keys/matrix",
		"aws":   "key_groups: [{kms: [{arn: \"arn:aws:kms:us-east-1:656532927350:key/920aff2e-c5f1-4040-943a-047fa387b27e\", context: {Stack: a}}]}]",
	} {
		t.Run(name, func(t *testing.T) {
			o := newSOPSOperator(t)
			temporary := t.TempDir()
			o.environment = []string{"TMPDIR=" + temporary, "VAULT_TOKEN=s.token", "AWS_ACCESS_KEY_ID=AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY=example", "AWS_ENDPOINT_URL=" + server.URL}
			write(t, fmt.Appendf(nil, "creation_rules:\n  - path_regex: (^|/)secrets\\.sops\\.yaml$\n    %s\n", rule), o.root, ".sops.yaml")

			output, err := o.command(o.home, tool, "secrets", "init").CombinedOutput()
			if err == nil || !strings.Contains(string(output), "the program sops, which asks it, is not installed") || !strings.Contains(string(output), "hint: install sops") {
				t.Errorf("without sops: %v\n%s", err, output)
			}

			// A sops that writes down what it is told and what it can see.
			helper, seen := t.TempDir(), filepath.Join(t.TempDir(), "seen")
			write(t, fmt.Appendf(nil, "#!/bin/sh\n{ echo \"$@\"; env; } >>%s\nexec %s \"$@\"\n", seen, o.sops), helper, "sops")
			if err := os.Chmod(filepath.Join(helper, "sops"), 0o755); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", helper+":"+os.Getenv("PATH"))

			o.run(t, "", tool, "secrets", "init")
			o.run(t, "one of these\n", tool, "secrets", "set", "smtp_password")
			if got := o.values(t)["smtp_password"]; got != "one of these" {
				t.Errorf("sops opens smtp_password as %q", got)
			}
			o.run(t, "", o.sops, "set", sopsFile, `["smtp_password"]`, `"another one of these"`)
			o.run(t, "", o.sops, "rotate", "--in-place", sopsFile)
			if said := o.run(t, "", tool, "secrets", "check", "--open"); said != "" {
				t.Errorf("the check says: %s", said)
			}
			if got := o.unsealed(t, "mas_smtp_password"); got != "another one of these" {
				t.Errorf("mas_smtp_password is %q", got)
			}

			told, err := os.ReadFile(seen)
			if err != nil {
				t.Fatal(err)
			}
			for name, value := range o.values(t) {
				if strings.Contains(string(told), strings.TrimSpace(value)) {
					t.Errorf("sops was told %s", name)
				}
			}
			if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
				t.Errorf("it leaves %v, err %v", left, err)
			}

			server.Config.Handler = http.NotFoundHandler()
			defer func() { server.Config.Handler = kept }()
			output, err = o.command(o.home, tool, "secrets", "check", "--open").CombinedOutput()
			if err == nil || !strings.Contains(string(output), "the service that has the key was not reached, or refused") {
				t.Errorf("when the service refuses: %v\n%s", err, output)
			}
		})
	}
	if len(kept.asked) == 0 {
		t.Error("no service was asked")
	}
}
