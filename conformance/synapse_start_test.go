package conformance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// started are the stacks that Synapse is started with: those that ship, those in which it is on the host of the server name, alone, and
// without QR login, and those that have one server for two databases.
var started = []string{"bowline", "home", "club", "apex-synapse", "island", "closed", "databases-shared", "databases-one-role"}

// TestSynapseStarts starts Synapse on Postgres with the generated configuration and asks what clients, servers, and MAS ask.
func TestSynapseStarts(t *testing.T) {
	for _, name := range started {
		t.Run(name, func(t *testing.T) {
			s := deploymentOf(t, name).synapse(t)
			s.forClients(t)
			s.forServers(t)
			s.withMAS(t)
		})
	}
}

// synapse is a running Synapse.
type synapse struct {
	deployment
	homeserver
	config  map[string]any
	base    string // where it answers
	secret  string // shared with MAS
	qrLogin bool   // as MAS's configuration has it
	asked   *atomic.Int32
}

func (d deployment) synapse(t *testing.T) synapse {
	t.Helper()
	s := synapse{deployment: d, homeserver: d.homeserver(t), asked: &atomic.Int32{}}
	var mas struct {
		OAuth struct {
			DeviceCode bool `yaml:"device_code_grant_enabled"`
		} `yaml:"oauth"`
	}
	d.parse(t, map[string]any{"synapse-config.yaml": &s.config, "mas-config.yaml": &mas})
	s.qrLogin = mas.OAuth.DeviceCode
	secrets := d.secrets(t)
	content, err := os.ReadFile(filepath.Join(secrets, "synapse_matrix_secret"))
	if err != nil {
		t.Fatal(err)
	}
	s.secret = strings.TrimSpace(string(content))
	base, process, _ := d.runSynapse(t, s.mas(t)+"/")
	s.base = base
	process.complains(t)
	return s
}

// complains fails the test for every warning of a Synapse that ran, but for those that the test provokes.
func (process *process) complains(t *testing.T, but ...string) {
	t.Cleanup(func() {
		for line := range strings.Lines(process.log.String()) {
			if strings.Contains(line, " - synapse.config.logger - ") {
				continue // the banner
			}
			if slices.ContainsFunc(but, func(text string) bool { return strings.Contains(line, text) }) {
				continue
			}
			if strings.Contains(line, " - WARNING - ") || strings.Contains(line, " - ERROR - ") || strings.Contains(line, " - CRITICAL - ") {
				t.Errorf("Synapse: %s", line)
			}
		}
	})
}

// runSynapse starts Synapse on Postgres, with MAS at that address and further changes of its configuration, and returns where it answers, and the port of
// its database.
func (d deployment) runSynapse(t *testing.T, mas string, pairs ...string) (base string, p *process, database int) {
	t.Helper()
	passwords, err := os.ReadFile(filepath.Join(d.secrets(t), "synapse_pgpass"))
	if err != nil {
		t.Fatal(err)
	}
	database = d.postgres(t, d.databaseServer(t, "synapse"))
	base, p = d.runSynapseOn(t, database, passwords, mas, pairs...)
	return base, p, database
}

// runSynapseOn starts Synapse on the Postgres at that port, with the content of its passfile.
func (d deployment) runSynapseOn(t *testing.T, database int, passwords []byte, mas string, pairs ...string) (base string, p *process) {
	t.Helper()
	base, p, _ = d.runSynapseWith(t, database, passwords, mas, pairs...)
	return base, p
}

// runSynapseWith also returns the files that it was started with.
func (d deployment) runSynapseWith(t *testing.T, database int, passwords []byte, mas string, pairs ...string) (base string, p *process, files []string) {
	t.Helper()
	secrets := d.secrets(t)
	project, port := d.project(t).Name, freePort(t)
	server := fmt.Sprintf("%s.%s.internal", d.databaseServer(t, "synapse"), project)
	passfile := write(t, mapped(t, passwords, server+":5432:", fmt.Sprintf("127.0.0.1:%d:", database)), t.TempDir(), "pgpass")
	if mas != "" {
		pairs = append(pairs, fmt.Sprintf("endpoint: http://mas.%s.internal:8080/\n", project), "endpoint: "+mas+"\n")
	}
	files = d.synapseFiles(t, append([]string{
		"host: " + server + "\n", "host: 127.0.0.1\n", "port: 5432\n", fmt.Sprintf("port: %d\n", database),
		filepath.Join(secrets, "synapse_pgpass"), passfile,
		"port: 8008\n", fmt.Sprintf("port: %d\n", port), "- 0.0.0.0\n", "- 127.0.0.1\n",
	}, pairs...)...)
	arguments := []string{"-m", "synapse.app.homeserver"}
	for _, file := range files {
		arguments = append(arguments, "--config-path="+file)
	}
	base = fmt.Sprintf("http://127.0.0.1:%d", port)
	cmd := exec.Command(python(t, "default"), arguments...)
	cmd.Dir = t.TempDir()
	p = start(t, cmd)
	p.until(t, "answered /health", 2*time.Minute, healthy(base))
	return base, p, files
}

// mas answers what Synapse asks MAS: where everything is, and whether a token is good. No token is.
func (s synapse) mas(t *testing.T) string {
	base := s.masBase
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(map[string]any{
			"issuer": base, "authorization_endpoint": base + "authorize", "token_endpoint": base + "oauth2/token", "jwks_uri": base + "oauth2/keys.json",
			"registration_endpoint": base + "oauth2/registration", "introspection_endpoint": base + "oauth2/introspect", "revocation_endpoint": base + "oauth2/revoke",
			"device_authorization_endpoint": base + "oauth2/device", "account_management_uri": base + "account/",
			"account_management_actions_supported": []string{"org.matrix.profile"}, "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		})
	})
	mux.HandleFunc("POST /oauth2/introspect", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+s.secret {
			http.Error(w, `{"error": "invalid_client"}`, http.StatusUnauthorized)
			return
		}
		s.asked.Add(1)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"active": false}`)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// object asks for a JSON object and fails unless it comes.
func (s synapse) object(t *testing.T, path string) map[string]any {
	t.Helper()
	response, body := get(t, s.base+path)
	var object map[string]any
	if err := json.Unmarshal(body, &object); err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("Synapse answers %s with %s: %s", path, response.Status, body)
	}
	return object
}

func (s synapse) forClients(t *testing.T) {
	t.Helper()
	features, _ := s.object(t, "/_matrix/client/versions")["unstable_features"].(map[string]any)
	if features["org.matrix.msc4108"] != s.qrLogin {
		t.Errorf("Synapse says that QR login is %v, MAS's configuration has %v", features["org.matrix.msc4108"], s.qrLogin)
	}
	client, _ := s.object(t, "/.well-known/matrix/client")["m.homeserver"].(map[string]any)
	if client["base_url"] != s.PublicBaseURL {
		t.Errorf("Synapse sends clients to %v, want %s", client["base_url"], s.PublicBaseURL)
	}
	if issuer := s.object(t, "/_matrix/client/v1/auth_metadata")["issuer"]; issuer != s.masBase {
		t.Errorf("Synapse says that the issuer is %v, MAS that it is %s", issuer, s.masBase)
	}
	if response, _ := get(t, s.base+"/"); response.Header.Get("Location") != s.config["web_client_location"] {
		t.Errorf("the root answers %s and leads to %q, want %v", response.Status, response.Header.Get("Location"), s.config["web_client_location"])
	}
	response, err := http.Post(s.base+"/_matrix/client/unstable/org.matrix.msc4108/rendezvous", "text/plain", strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if made := response.StatusCode == http.StatusCreated; made != s.qrLogin {
		t.Errorf("a rendezvous answers %s, and QR login is %v", response.Status, s.qrLogin)
	}
}

func (s synapse) forServers(t *testing.T) {
	t.Helper()
	federates := s.has("well-known/server")
	for _, path := range []string{"/_matrix/federation/v1/version", "/_matrix/key/v2/server"} {
		if response, _ := get(t, s.base+path); (response.StatusCode == http.StatusOK) != federates {
			t.Errorf("Synapse answers %s with %s, and federation is %v", path, response.Status, federates)
		}
	}
	// On the host of the server name Synapse answers for these itself.
	if strings.HasPrefix(s.PublicBaseURL, "https://"+s.ServerName+"/") {
		for _, name := range []string{"client", "server"} {
			if !s.has("well-known/" + name) {
				continue
			}
			response, body := get(t, s.base+"/.well-known/matrix/"+name)
			var want, got map[string]any
			json.Unmarshal(s.read(t, "well-known/"+name), &want)
			json.Unmarshal(body, &got)
			for key := range want {
				if key != "m.homeserver" && fmt.Sprint(want[key]) != fmt.Sprint(got[key]) {
					t.Errorf("Synapse answers /.well-known/matrix/%s with %s: %s is %v, want %v", name, response.Status, key, got[key], want[key])
				}
			}
		}
	}
}

// withMAS proves that the two have the same secret, in both directions.
func (s synapse) withMAS(t *testing.T) {
	t.Helper()
	ask := func(path, token string) (string, int) {
		request, err := http.NewRequest(http.MethodGet, s.base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+token)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		return response.Status, response.StatusCode
	}
	if status, code := ask("/_matrix/client/v3/account/whoami", "mat_nobody"); code != http.StatusUnauthorized || s.asked.Load() == 0 {
		t.Errorf("with a bad token Synapse answers %s, after it asked MAS %d times", status, s.asked.Load())
	}
	const mas = "/_synapse/mas/is_localpart_available?localpart=nobody"
	if status, code := ask(mas, s.secret); code != http.StatusOK {
		t.Errorf("MAS asks, and Synapse answers %s", status)
	}
	if status, code := ask(mas, "guessed"); code != http.StatusForbidden {
		t.Errorf("somebody asks in place of MAS, and Synapse answers %s", status)
	}
}
