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
	"slices"
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
	// groups are the names of its groups: the id of each is its place.
	groups []string
	// before is called before a request is looked at, without the lock.
	before func(method, path string)
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
	if p.before != nil {
		p.before(r.Method, r.URL.Path)
	}
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
	if r.Method == http.MethodGet && r.URL.Path == "/api/user-groups" {
		p.list(w, r)
		return
	}
	if r.Method == http.MethodPost || r.Method == http.MethodPut {
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
	case r.Method == http.MethodPut && below == "allowed-user-groups":
		p.allow(client, body)
		json.NewEncoder(w).Encode(client)
	case r.Method == http.MethodDelete && strings.HasPrefix(below, "secrets/"):
		at, err := strconv.Atoi(strings.TrimPrefix(below, "secrets/"))
		if err != nil || at >= len(p.secrets[name]) || p.secrets[name][at] == "" {
			p.say(w, "client that is not there")
			return
		}
		p.secrets[name][at] = ""
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodGet && below == "secrets":
		list := []map[string]any{}
		for i, s := range p.secrets[name] {
			if s == "" {
				continue
			}
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

// list answers with a page of groups: twenty by default, a hundred at most.
func (p *pocketID) list(w http.ResponseWriter, r *http.Request) {
	number := func(key string, otherwise int) int {
		if n, err := strconv.Atoi(r.URL.Query().Get("pagination[" + key + "]")); err == nil && n > 0 {
			return n
		}
		return otherwise
	}
	limit, page := min(number("limit", 20), 100), number("page", 1)
	data := []map[string]any{}
	for i := (page - 1) * limit; i < min(page*limit, len(p.groups)); i++ {
		data = append(data, p.group(i))
	}
	json.NewEncoder(w).Encode(map[string]any{"data": data, "pagination": map[string]any{"totalPages": max(1, (len(p.groups)+limit-1)/limit), "totalItems": len(p.groups), "currentPage": page, "itemsPerPage": limit}})
}

// group is one group, as Pocket ID shows it.
func (p *pocketID) group(i int) map[string]any {
	return map[string]any{"id": "group-" + strconv.Itoa(i), "name": p.groups[i], "friendlyName": "The " + p.groups[i], "customClaims": []any{}, "userCount": 1.0, "ldapId": nil}
}

// allow replaces the groups of a client. An id that does not exist is read over.
func (p *pocketID) allow(client, body map[string]any) {
	ids, _ := body["userGroupIds"].([]any)
	groups := []any{}
	for i := range p.groups {
		if one := p.group(i); slices.Contains(ids, one["id"]) {
			groups = append(groups, one)
		}
	}
	client["allowedUserGroups"] = groups
}

// kept returns the secrets of the client that have not been taken out.
func (p *pocketID) kept() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(p.secrets[id]), func(s string) bool { return s == "" })
}
