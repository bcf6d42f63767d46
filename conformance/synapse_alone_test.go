package conformance

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// alone is a Synapse that signs people in itself.
type alone struct {
	deployment
	homeserver
	base, registration string
}

// TestSynapseSignsIn starts Synapse where it has the accounts: it makes one, signs it in, says who else may register, and leads to the provider.
func TestSynapseSignsIn(t *testing.T) {
	for _, name := range []string{"accounts-passwords", "accounts-prepare"} {
		t.Run(name, func(t *testing.T) {
			d := deploymentOf(t, name)
			secret, err := os.ReadFile(filepath.Join(d.secrets(t), "synapse_registration_shared_secret"))
			if err != nil {
				t.Fatal(err)
			}
			provider, pairs := "", []string(nil)
			if d.has("pocket-id-client.json") {
				provider = openIDProvider(t)
				pairs = []string{"issuer: https://id." + d.homeserver(t).ServerName + "\n", "issuer: " + provider + "\n    skip_verification: true\n"}
			}
			base, process, _ := d.runSynapse(t, "", pairs...)
			process.complains(t)
			s := alone{d, d.homeserver(t), base, strings.TrimSpace(string(secret))}
			s.signsInWithPassword(t)
			s.registers(t)
			if provider != "" {
				s.leadsTo(t, provider)
			}
		})
	}
}

// openIDProvider answers for discovery, without TLS.
func openIDProvider(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(map[string]any{
			"issuer": server.URL, "authorization_endpoint": server.URL + "/authorize", "token_endpoint": server.URL + "/token",
			"jwks_uri": server.URL + "/jwks", "userinfo_endpoint": server.URL + "/userinfo", "response_types_supported": []string{"code"},
			"subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"RS256"},
			"code_challenge_methods_supported": []string{"S256"},
		})
	})
	mux.HandleFunc("GET /jwks", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(map[string]any{"keys": []any{}})
	})
	return server.URL
}

// call sends JSON and returns the answer.
func (s alone) call(t *testing.T, method, path, body string) (int, map[string]any) {
	t.Helper()
	request, err := http.NewRequest(method, s.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer map[string]any
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatalf("%s %s answers %s: %v", method, path, response.Status, err)
	}
	return response.StatusCode, answer
}

// signsInWithPassword makes an account as register_new_matrix_user does, and signs in.
func (s alone) signsInWithPassword(t *testing.T) {
	t.Helper()
	const path = "/_synapse/admin/v1/register"
	_, answer := s.call(t, http.MethodGet, path, "")
	nonce, _ := answer["nonce"].(string)
	sum := hmac.New(sha1.New, []byte(s.registration))
	sum.Write([]byte(strings.Join([]string{nonce, "anna", "a long password", "admin"}, "\x00")))
	body := fmt.Sprintf(`{"nonce": %q, "username": "anna", "password": "a long password", "admin": true, "mac": %q}`, nonce, hex.EncodeToString(sum.Sum(nil)))
	if status, answer := s.call(t, http.MethodPost, path, body); status != http.StatusOK || answer["user_id"] != "@anna:"+s.ServerName {
		t.Fatalf("making an account answers %d: %v", status, answer)
	}
	body = `{"type": "m.login.password", "identifier": {"type": "m.id.user", "user": "anna"}, "password": "a long password"}`
	status, answer := s.call(t, http.MethodPost, "/_matrix/client/v3/login", body)
	if token, _ := answer["access_token"].(string); status != http.StatusOK || token == "" {
		t.Errorf("signing in answers %d: %v", status, answer)
	}
}

// registers asks who may have an account, and holds it against the configuration of Element.
func (s alone) registers(t *testing.T) {
	t.Helper()
	var element struct {
		Features map[string]bool `json:"setting_defaults"`
	}
	decode(t, s.deployment, "element-config.json", &element)
	status, answer := s.call(t, http.MethodPost, "/_matrix/client/v3/register", `{"username": "bert", "password": "a long password"}`)
	if open := status == http.StatusUnauthorized; open != element.Features["UIFeature.registration"] {
		t.Errorf("registering answers %d, and Element offers it: %v", status, element.Features)
	}
	if status != http.StatusUnauthorized {
		return
	}
	for _, flow := range answer["flows"].([]any) {
		stages := fmt.Sprint(flow.(map[string]any)["stages"])
		if !strings.Contains(stages, "m.login.registration_token") || !strings.Contains(stages, "m.login.email.identity") {
			t.Errorf("who registers needs no more than %s, want a token and an address", stages)
		}
	}
}

// leadsTo signs in by the provider, up to its door.
func (s alone) leadsTo(t *testing.T, provider string) {
	t.Helper()
	_, answer := s.call(t, http.MethodGet, "/_matrix/client/v3/login", "")
	if !strings.Contains(fmt.Sprint(answer), "oidc-pocketid") {
		t.Errorf("the ways to sign in are %v, want the provider among them", answer)
	}
	request, err := http.NewRequest(http.MethodGet, s.base+"/_matrix/client/v3/login/sso/redirect/oidc-pocketid?redirectUrl=https://element.example/", nil)
	if err != nil {
		t.Fatal(err)
	}
	// As the proxy hands it on: Synapse sends browsers to its public address first, where its cookie counts.
	request.Host = strings.TrimSuffix(strings.TrimPrefix(s.PublicBaseURL, "https://"), "/")
	request.Header.Set("X-Forwarded-Proto", "https")
	request.Header.Set("X-Forwarded-For", "192.0.2.1")
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	at, err := url.Parse(response.Header.Get("Location"))
	if err != nil || !strings.HasPrefix(at.String(), provider+"/authorize?") {
		t.Fatalf("signing in leads to %q with %s, want %s/authorize (%v)", at, response.Status, provider, err)
	}
	var registered struct{ CallbackURLs []string }
	decode(t, s.deployment, "pocket-id-client.json", &registered)
	if callback := at.Query().Get("redirect_uri"); !slices.Contains(registered.CallbackURLs, callback) {
		t.Errorf("Synapse says that it is %s, and the provider knows %q", callback, registered.CallbackURLs)
	}
}
