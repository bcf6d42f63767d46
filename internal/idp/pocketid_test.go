package idp_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/matrixgen/matrixgen/internal/idp"
)

const (
	key    = "an-api-key-of-an-administrator"
	secret = "abcd-a-secret-that-nobody-may-see"
	id     = "matrix-authentication-service"
)

// pocketID is a Pocket ID with what it keeps: it answers as it was recorded.
type pocketID struct {
	t  *testing.T
	mu sync.Mutex
	// answers are the recorded ones, by what they are to.
	answers map[string][2]string
	clients map[string]map[string]any
	secrets map[string][]string
	// older says that it has no list of secrets, as before 2.14; newer that its clients have fields that nobody knows yet.
	older, newer bool
	// fails says before which requests it is gone.
	fails func(method, path string) bool
	asked []string
}

func newPocketID(t *testing.T) (*pocketID, *idp.API) {
	t.Helper()
	text, err := os.ReadFile("testdata/shapes/pocket-id-2.14.0.txt")
	if err != nil {
		t.Fatal(err)
	}
	p := &pocketID{t: t, answers: map[string][2]string{}, clients: map[string]map[string]any{}, secrets: map[string][]string{}}
	for _, block := range strings.Split(string(text), "\n> ")[1:] {
		lines := strings.SplitN(strings.TrimSpace(block), "\n", 3)
		p.answers[lines[0]] = [2]string{lines[1], lines[2]}
	}
	server := httptest.NewUnstartedServer(p)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return p, &idp.API{Base: server.URL, Key: key, HTTP: server.Client().Transport}
}

// say answers with what was recorded.
func (p *pocketID) say(w http.ResponseWriter, what string) {
	one, known := p.answers[what]
	if !known {
		p.t.Errorf("nothing was recorded for %s", what)
	}
	status, _ := strconv.Atoi(one[0])
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprint(w, one[1])
}

func (p *pocketID) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, r.Method+" "+r.URL.Path)
	if p.fails != nil && p.fails(r.Method, r.URL.Path) {
		panic(http.ErrAbortHandler)
	}
	if r.Header.Get("X-API-Key") != key {
		p.say(w, "wrong API key")
		return
	}
	var body map[string]any
	if r.Method != http.MethodGet {
		if r.Header.Get("Content-Type") != "application/json" || json.NewDecoder(r.Body).Decode(&body) != nil {
			p.say(w, "wrong field")
			return
		}
	}
	name, below, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/api/oidc/clients"), "/"), "/")
	client, known := p.clients[name]
	switch {
	case r.Method == http.MethodPost && name == "":
		p.make(w, body)
	case !known || below != "" && p.older:
		p.say(w, "client that is not there")
	case r.Method == http.MethodGet && below == "":
		json.NewEncoder(w).Encode(client)
	case r.Method == http.MethodPut && below == "":
		p.replace(w, client, body)
	case r.Method == http.MethodGet && below == "secrets":
		list := []map[string]any{}
		for i, s := range p.secrets[name] {
			list = append(list, map[string]any{"id": strconv.Itoa(i), "prefix": s[:4], "isActive": !strings.HasSuffix(s, "-ended"), "expiresAt": nil})
		}
		json.NewEncoder(w).Encode(list)
	case r.Method == http.MethodPost && below == "secrets":
		value, _ := body["secret"].(string)
		if len(value) < 16 {
			p.say(w, "secret that is too short")
			return
		}
		p.secrets[name] = append(p.secrets[name], value)
		w.WriteHeader(http.StatusCreated)
		json.NewEncoder(w).Encode(map[string]any{"id": "1", "prefix": value[:4], "isActive": true, "secret": value})
	default:
		p.t.Errorf("%s %s", r.Method, r.URL)
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

// make makes a client: what the body does not have has the default.
func (p *pocketID) make(w http.ResponseWriter, body map[string]any) {
	name, _ := body["id"].(string)
	if p.clients[name] != nil {
		p.say(w, "client made a second time")
		return
	}
	client := p.fresh()
	maps.Copy(client, body)
	p.clients[name] = client
	w.WriteHeader(http.StatusCreated)
	json.NewEncoder(w).Encode(client)
}

// fresh is a client as it is made.
func (p *pocketID) fresh() map[string]any {
	var client map[string]any
	if err := json.Unmarshal([]byte(p.answers["client as it is made"][1]), &client); err != nil {
		p.t.Fatal(err)
	}
	if p.newer {
		client["somethingNew"] = map[string]any{"on": true}
	}
	return client
}

// replace replaces a client as PUT does: what is left out gets the default, and without a restriction the groups go.
func (p *pocketID) replace(w http.ResponseWriter, client, body map[string]any) {
	if _, ok := body["name"].(string); !ok {
		p.say(w, "wrong field")
		return
	}
	fresh := map[string]any{"description": "", "launchURL": nil, "callbackURLs": []any{}, "logoutCallbackURLs": []any{}, "isPublic": false, "pkceEnabled": false,
		"requiresReauthentication": false, "requiresPushedAuthorizationRequests": false, "skipConsent": false, "isGroupRestricted": false,
		"accessTokenDurationMinutes": 60.0, "refreshTokenDurationMinutes": 43200.0, "somethingNew": nil}
	maps.Copy(fresh, body)
	for _, kept := range []string{"id", "hasLogo", "hasDarkLogo", "clientType", "credentials", "allowedUserGroups"} {
		fresh[kept] = client[kept]
	}
	if fresh["isGroupRestricted"] == false {
		fresh["allowedUserGroups"] = []any{}
	}
	p.clients[client["id"].(string)] = fresh
	json.NewEncoder(w).Encode(fresh)
}
