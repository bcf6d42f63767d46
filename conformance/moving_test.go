package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// phases are the steps in which the accounts of the stack that ships as bowline come from Synapse to MAS, where it has them.
var phases = []string{"synapse", "prepare", "moved"}

// buildPhase builds bowline as it is in one of the phases, in a repository of its own.
func buildPhase(phase, work string) ([]deployment, error) {
	source := filepath.Join(work, "phase-"+phase)
	folder := filepath.Join(source, "bowline-"+phase)
	if err := os.CopyFS(folder, os.DirFS("../stacks/bowline")); err != nil {
		return nil, err
	}
	accounts := fmt.Sprintf("package bowline\naccounts: %q\n", phase)
	if phase == "synapse" {
		// Nothing of MAS is there, its host neither.
		stack, err := os.ReadFile(filepath.Join(folder, "stack.cue"))
		if err != nil {
			return nil, err
		}
		said := []byte("\tmas:     \"auth-matrix.bowline.im\"\n")
		if !bytes.Contains(stack, said) {
			return nil, fmt.Errorf("%s does not say %s", folder, said)
		}
		if err := os.WriteFile(filepath.Join(folder, "stack.cue"), bytes.Replace(stack, said, nil, 1), 0o644); err != nil {
			return nil, err
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "accounts.cue"), []byte(accounts), 0o644); err != nil {
		return nil, err
	}
	return build(source, filepath.Join(work, "root-"+phase))
}

// TestAccountsMove starts the Synapse of before on a database, and the Synapse of after the move on the same one: a session of before holds.
func TestAccountsMove(t *testing.T) {
	before, after := deploymentOf(t, "bowline-synapse"), deploymentOf(t, "bowline-moved")
	passwords, err := os.ReadFile(filepath.Join(before.secrets(t), "synapse_pgpass"))
	if err != nil {
		t.Fatal(err)
	}
	database := before.postgres(t, before.databaseServer(t, "synapse"))
	provider := openIDProvider(t)
	base, process := before.runSynapseOn(t, database, passwords, "", "issuer: https://auth.bowline.im\n", "issuer: "+provider+"\n    skip_verification: true\n")
	process.complains(t)
	_, rest, _ := strings.Cut(strings.TrimSpace(string(passwords)), ":synapse:synapse:")
	statements := `INSERT INTO users (name, creation_ts, admin, is_guest) VALUES ('@anna:bowline.im', 1700000000, 0, 0);
		INSERT INTO user_external_ids (auth_provider, external_id, user_id) VALUES ('oidc-pocketid', 'anna-at-the-provider', '@anna:bowline.im');
		INSERT INTO devices (user_id, device_id, display_name, last_seen, ip, user_agent, hidden) VALUES ('@anna:bowline.im', 'PHONE', NULL, NULL, NULL, NULL, false);
		INSERT INTO access_tokens (id, user_id, device_id, token) VALUES (1, '@anna:bowline.im', 'PHONE', 'syt_of_before');`
	cmd := exec.Command(installed(t, "psql", "/usr/lib/postgresql/*/bin"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statements,
		fmt.Sprintf("--dbname=host=127.0.0.1 port=%d user=synapse dbname=synapse", database))
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "PGPASSWORD=" + rest}
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("psql: %v\n%s", err, output)
	}
	if who := whoami(t, base); who != "@anna:bowline.im" {
		t.Fatalf("before the move the session is of %q", who)
	}
	process.stop()

	secret, err := os.ReadFile(filepath.Join(after.secrets(t), "synapse_matrix_secret"))
	if err != nil {
		t.Fatal(err)
	}
	passwords = mapped(t, passwords, before.name, after.name) // which are the names of the projects
	// syn2mas has moved Anna and her session.
	mas := introspecting(t, strings.TrimSpace(string(secret)), func(token string) (string, bool) { return "anna", token == "syt_of_before" })
	base, process = after.runSynapseOn(t, database, passwords, mas+"/")
	process.complains(t)
	if who := whoami(t, base); who != "@anna:bowline.im" {
		t.Errorf("after the move the session is of %q", who)
	}
}

// introspecting answers what Synapse asks MAS: whose token it is, as the function says.
func introspecting(t *testing.T, secret string, whose func(token string) (name string, known bool)) string {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(map[string]any{"issuer": server.URL + "/", "introspection_endpoint": server.URL + "/oauth2/introspect"})
	})
	mux.HandleFunc("POST /oauth2/introspect", func(w http.ResponseWriter, r *http.Request) {
		name, known := whose(r.FormValue("token"))
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]any{
			"active": known && r.Header.Get("Authorization") == "Bearer "+secret, "username": name, "device_id": "PHONE", "scope": "urn:matrix:client:api:*",
		})
	})
	return server.URL
}

// whoami returns whom the session of before belongs to.
func whoami(t *testing.T, base string) string {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, base+"/_matrix/client/v3/account/whoami", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer syt_of_before")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		UserID string `json:"user_id"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return answer.UserID
}
