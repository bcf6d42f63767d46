package conformance

import (
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
)

// TestSynapseAnswerWords starts Synapse on the examples of pages, and asks what their operators ask.
func TestSynapseAnswerWords(t *testing.T) {
	for _, w := range []struct {
		rule, method, path string
		header             string
		status             int
		words              string
	}{
		{"compat-route-missing", http.MethodPost, "/_matrix/client/v3/login", "", 404, "M_UNRECOGNIZED"},
		{"compat-route-shadowed", http.MethodPost, "/_matrix/client/v3/refresh", "", 404, "M_UNRECOGNIZED"},
		{"media-worker-not-routed", http.MethodGet, "/_matrix/client/v1/media/download/example.org/a", "", 404, "M_UNRECOGNIZED"},
		{"synapse-federation-closed", http.MethodGet, "/_matrix/federation/v1/query/profile?user_id=@a:example.org", `X-Matrix origin="example.net",destination="example.org",key="ed25519:a",sig="bm9uZQ"`, 403, "Federation denied with"},
		{"synapse-federation-closed", http.MethodGet, "/_matrix/federation/v1/query/profile?user_id=@a:example.org", `X-Matrix origin="example.net",destination="example.org",key="ed25519:a",sig="bm9uZQ"`, 403, "M_FORBIDDEN"},
	} {
		t.Run(w.rule, func(t *testing.T) {
			page := readRulePage(t, w.rule)
			base := synapseOn(t, page, "")
			request, err := http.NewRequest(w.method, base+w.path, strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Authorization", w.header)
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			if response.StatusCode != w.status {
				t.Errorf("Synapse answers with %s", response.Status)
			}
			page.prints(t, "Synapse", string(body), w.words)
		})
	}
	t.Run("matrix-path-not-routed", func(t *testing.T) {
		page := readRulePage(t, "matrix-path-not-routed")
		_, body := get(t, synapseOn(t, page, "")+"/_matrix/client/v3/login")
		page.prints(t, "Synapse", string(body), "M_UNRECOGNIZED")
	})
	t.Run("well-known-client-missing", func(t *testing.T) {
		page := readRulePage(t, "well-known-client-missing")
		page.before["homeserver.yaml"] = regexp.MustCompile(`(?m)^public_baseurl: .*\n`).ReplaceAllString(page.file(t, "homeserver.yaml"), "")
		_, body := get(t, synapseOn(t, page, "")+"/.well-known/matrix/client")
		for _, words := range []string{"M_NOT_FOUND", ".well-known not available"} {
			page.prints(t, "Synapse", string(body), words)
		}
	})
	t.Run("synapse-option-dead-with-mas", func(t *testing.T) {
		page := readRulePage(t, "synapse-option-dead-with-mas")
		said := registers(t, synapseOn(t, page, "registration_shared_secret: of-the-test\n"))
		page.prints(t, "Synapse", said, "ERROR! Received 404 Not Found")
	})
}

// TestPortTakenWords starts Synapse with two listeners on one port, as the chart and the values of an example make them.
func TestPortTakenWords(t *testing.T) {
	page, port := readRulePage(t, "ess-port-taken"), freePort(t)
	listener := fmt.Sprintf("{port: %d, type: http, bind_addresses: [127.0.0.1], resources: [{names: [client]}]}", port)
	configuration := fmt.Sprintf("server_name: example.org\nreport_stats: false\nsigning_key_path: /data/signing\nmedia_store_path: /data/media\ndatabase: {name: sqlite3, args: {database: ':memory:'}}\nlisteners: [%s, %[1]s]\n", listener)
	cmd := exec.Command("timeout", "60", python(t, "default"), "-m", "synapse.app.homeserver", "-c", write(t, hostPaths(t, configuration), t.TempDir(), "homeserver.yaml"))
	cmd.Dir = t.TempDir()
	said, err := cmd.CombinedOutput()
	if err == nil {
		t.Error("Synapse starts with two listeners on one port")
	}
	page.prints(t, "Synapse", string(said), "Address already in use")
}

// registers runs the program of Synapse that makes accounts, and returns what it says.
func registers(t *testing.T, base string) string {
	t.Helper()
	program := filepath.Join(filepath.Dir(python(t, "default")), "register_new_matrix_user")
	said, _ := exec.Command(program, "--user", "anna", "--password", "of-the-test", "--no-admin", "--shared-secret", "of-the-test", base).CombinedOutput()
	return string(said)
}

// synapseOn starts Synapse on the example of a page and further settings, with a database of its own, and returns where it answers.
func synapseOn(t *testing.T, page rulePage, more string) string {
	t.Helper()
	folder, port := t.TempDir(), freePort(t)
	var configuration map[string]any
	if err := yaml.Unmarshal(hostPaths(t, page.file(t, "homeserver.yaml")+more), &configuration); err != nil {
		t.Fatal(err)
	}
	configuration["database"] = map[string]any{"name": "sqlite3", "args": map[string]any{"database": filepath.Join(folder, "homeserver.db")}}
	listener := configuration["listeners"].([]any)[0].(map[string]any)
	listener["port"], listener["bind_addresses"] = port, []string{"127.0.0.1"}
	content, err := yaml.Marshal(configuration)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python(t, "default"), "-m", "synapse.app.homeserver", "-c", write(t, content, folder, "homeserver.yaml"))
	cmd.Dir = folder
	base := fmt.Sprintf("http://127.0.0.1:%d", port)
	start(t, cmd).until(t, "answered /health", 2*time.Minute, healthy(base))
	return base
}
