package rules_test

import (
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/proofs"
	"github.com/matrixgen/matrixgen/internal/read"
	"github.com/matrixgen/matrixgen/internal/sensitive"
)

// TestNoFindingShowsASecret lints all that the tests of this package have, and looks for the secrets of the files in what is said of them, and
// in the lines that a terminal shows. A part of the proof is the examples and one archive of each rule: a rule mostly says the secret wherever it speaks.
func TestNoFindingShowsASecret(t *testing.T) {
	var secrets, hidden atomic.Int64
	t.Run("in", func(t *testing.T) {
		for name, archive := range archives(t) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				known, lines := showsNoSecret(t, archive)
				secrets.Add(int64(known))
				hidden.Add(int64(lines))
			})
		}
	})
	enough := int64(40) // of the part
	if proofs.Whole {
		enough = 100
	}
	if secrets.Load() < enough || hidden.Load() < enough/5 {
		t.Errorf("%d secrets, %d of them at lines with a finding: that proves little", secrets.Load(), hidden.Load())
	}
}

// showsNoSecret lints one archive. It returns how many secrets its files have, and how many of them stand at a line with a finding.
func showsNoSecret(t *testing.T, archive string) (secrets, hidden int) {
	files := fstest.MapFS{}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		if filepath.Ext(f.Name) != ".md" && filepath.Ext(f.Name) != ".cue" && f.Name != "want" {
			files[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	found, _, err := read.Deployments(files)
	if err != nil {
		t.Fatal(err)
	}
	known := sensitive.Secrets(link.Deployments(found...)...)
	for _, f := range lintFiles(t, files) {
		said := f.Message + "\n" + f.Hint
		for _, r := range f.Related {
			said += "\n" + r.Message
		}
		if f.Fix != nil {
			said += "\n" + f.Fix.Does
		}
		shown := lineOf(files, f.Position)
		for _, secret := range known {
			if len(secret) < 10 || model.IsPublished(secret) {
				continue // stands in a sentence by chance
			}
			if strings.Contains(said, secret) {
				t.Errorf("%s says the secret at %s:%d: %s", f.Rule, f.File, f.Line, said)
			}
			if !strings.Contains(shown, secret) {
				continue
			}
			if hidden++; !f.Secret {
				t.Errorf("%s shows the line %s:%d: %s", f.Rule, f.File, f.Line, shown)
			}
		}
	}
	return len(known), hidden
}

// archives returns the examples of the rules and the archives of testdata.
func archives(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, rule := range allRules() {
		found[rule.Name+" before"], found[rule.Name+" after"] = rule.Before, rule.After
	}
	names, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(names) < 50 {
		t.Fatalf("found %d archives, err %v", len(names), err)
	}
	for _, name := range proofs.Of(names, filepath.Dir) {
		found[name] = string(txtar.Format(expanded(t, name, readArchive(t, name))))
	}
	return found
}

// lineOf returns the line that a position is in, or "".
func lineOf(files fstest.MapFS, at diag.Position) string {
	file := files[at.File]
	if file == nil || at.Line < 1 {
		return ""
	}
	lines := strings.Split(string(file.Data), "\n")
	return lines[min(at.Line, len(lines))-1]
}

// TestMayHoldSecret holds lines that nobody could parse against what may be shown of them.
func TestMayHoldSecret(t *testing.T) {
	for _, shown := range []string{
		"", "server_name: example.org", "  secret_path: /run/secrets/matrix", "secret_file: ./matrix", "encryption_file: /run/secrets/encryption",
		"token_endpoint_auth_method: client_secret_basic", "secrets: [mas, synapse]", "secret: ${MAS_SECRET}", "image: traefik:v3.5.0",
		"image: ghcr.io/element-hq/synapse@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		"id: 01HFVBY12TMNTYTBV8W921M5FA", "client_id: edeab497-0783-4ecc-a482-a3f345343abf", "issuer: https://id.example.org/",
		"traefik.http.routers.matrix.rule: Host(`matrix.example.org`) && PathPrefix(`/_matrix/client/v3/login`)", "key: value",
	} {
		if sensitive.MayHoldSecret(shown) {
			t.Errorf("is not shown: %s", shown)
		}
	}
	for _, hidden := range []string{
		"secret: hunter2hunter2", "  \"client_secret\": \"hunter2hunter2", "POSTGRES_PASSWORD=correct-horse", "- ACCESS_TOKEN=correct-horse",
		"override: synapse: macaroon_secret_key: [\"correct horse battery\"]", "uri: postgresql://mas:correct-horse@db/mas",
		"devkey: \"correct-horse-battery-staple-4", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj", "devkey: Vqk3gXfhZ9TbS2mWc7LrN8dYpJ5aQeUt",
		"AGE-SECRET-KEY-1QYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGP", "passphrase: 'correct horse'",
	} {
		if !sensitive.MayHoldSecret(hidden) {
			t.Errorf("is shown: %s", hidden)
		}
	}
}
