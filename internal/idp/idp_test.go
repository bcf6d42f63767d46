package idp_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/matrixgen/matrixgen/internal/idp"
)

// wanted is the client that the stack home has.
func wanted(t *testing.T) idp.Provider {
	t.Helper()
	var client map[string]any
	if err := json.Unmarshal([]byte(`{"id": "matrix-authentication-service", "name": "Matrix (example.org)",
		"callbackURLs": ["https://account.example.org/upstream/callback/051D78D4A6AFD56028C28A9F51"], "logoutCallbackURLs": [], "isPublic": false, "pkceEnabled": true,
		"requiresReauthentication": false, "requiresPushedAuthorizationRequests": false, "isGroupRestricted": false, "launchURL": "https://element.example.org/"}`), &client); err != nil {
		t.Fatal(err)
	}
	return idp.Provider{Issuer: "https://id.example.org", ClientID: id, Slot: "upstream_client_secret", Client: client}
}

// plan returns what has to change.
func plan(t *testing.T, api *idp.API, p idp.Provider) *idp.Plan {
	t.Helper()
	found, err := api.Plan(t.Context(), p, secret)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// applied does a plan, and returns its steps. Then there is nothing more to do.
func applied(t *testing.T, api *idp.API, planned *idp.Plan) []string {
	t.Helper()
	var steps []string
	if err := api.Apply(t.Context(), planned, secret, func(step string) { steps = append(steps, step) }); err != nil {
		t.Fatal(err)
	}
	if again := plan(t, api, planned.Provider); !again.IsEmpty() {
		t.Errorf("after it was done, it has to do %+v", again)
	}
	if strings.Contains(fmt.Sprint(steps), secret) {
		t.Errorf("the secret is told: %v", steps)
	}
	return steps
}

func TestCreate(t *testing.T) {
	server, api := newPocketID(t)
	planned := plan(t, api, wanted(t))
	if !planned.New || !planned.AddSecret || len(planned.Changes) != 9 {
		t.Errorf("%+v", planned)
	}
	steps := applied(t, api, planned)
	if want := []string{"made the client matrix-authentication-service", "gave it the secret upstream_client_secret"}; !slices.Equal(steps, want) {
		t.Errorf("%v", steps)
	}
	if got := server.secrets[id]; !slices.Equal(got, []string{secret}) {
		t.Errorf("it has %d secrets", len(got))
	}
}

func TestNoChange(t *testing.T) {
	server, api := newPocketID(t)
	server.clients[id], server.secrets[id] = server.fresh(), []string{secret}
	if planned := plan(t, api, wanted(t)); !planned.IsEmpty() || len(planned.Notes) > 0 {
		t.Errorf("%+v", planned)
	}
	if steps := applied(t, api, plan(t, api, wanted(t))); len(steps) > 0 {
		t.Errorf("%v", steps)
	}
	for _, asked := range server.asked {
		if !strings.HasPrefix(asked, "GET ") {
			t.Errorf("it was asked %s", asked)
		}
	}
}

// TestDrift changes each field at Pocket ID, in a version with fields that nobody knows: the plan names that one, and all others stay as they are.
func TestDrift(t *testing.T) {
	for field, other := range map[string]any{"name": "Chat", "isPublic": true, "pkceEnabled": false, "requiresReauthentication": true,
		"requiresPushedAuthorizationRequests": true, "isGroupRestricted": true, "launchURL": "https://old.example.org/", "callbackURLs": []any{}} {
		for _, newer := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/newer=%v", field, newer), func(t *testing.T) {
				server, api := newPocketID(t)
				server.newer = newer
				client := server.fresh()
				client["description"], client["skipConsent"], client["accessTokenDurationMinutes"] = "made by hand", true, 15.0
				client[field] = other
				server.clients[id], server.secrets[id] = client, []string{secret}
				planned := plan(t, api, wanted(t))
				if len(planned.Changes) != 1 || planned.Changes[0].Field != field || planned.New || planned.AddSecret {
					t.Fatalf("%+v", planned)
				}
				applied(t, api, planned)
				after := server.clients[id]
				if after["description"] != "made by hand" || after["skipConsent"] != true || after["accessTokenDurationMinutes"] != 15.0 || newer != (after["somethingNew"] != nil) {
					t.Errorf("what is not ours was changed: %v", after)
				}
			})
		}
	}
}

// TestKept holds that nothing is deleted: redirect URIs and secrets of others, and groups.
func TestKept(t *testing.T) {
	server, api := newPocketID(t)
	client := server.fresh()
	const old = "https://matrix.example.org/_synapse/client/oidc/callback"
	client["callbackURLs"], client["isGroupRestricted"], client["allowedUserGroups"] = []any{old}, true, []any{map[string]any{"id": "staff"}}
	server.clients[id], server.secrets[id] = client, []string{"wxyz-an-older-secret", "abcd-one-that-has-ended"}
	planned := plan(t, api, wanted(t))
	if len(planned.Changes) != 1 || planned.Changes[0].Added != wanted(t).Client["callbackURLs"].([]any)[0] || len(planned.Notes) != 3 {
		t.Errorf("%+v", planned)
	}
	applied(t, api, planned)
	after := server.clients[id]
	if callbacks := after["callbackURLs"].([]any); len(callbacks) != 2 || callbacks[0] != old {
		t.Errorf("the redirect URIs are %v", callbacks)
	}
	if groups := after["allowedUserGroups"].([]any); len(groups) != 1 {
		t.Errorf("the groups are %v", groups)
	}
	if secrets := server.secrets[id]; len(secrets) != 3 {
		t.Errorf("it has %d secrets", len(secrets))
	}
}

// TestNobody tells of a client by which nobody can sign in.
func TestNobody(t *testing.T) {
	server, api := newPocketID(t)
	p := wanted(t)
	p.Client["isGroupRestricted"] = true
	if planned := plan(t, api, p); len(planned.Notes) != 1 || !strings.Contains(planned.Notes[0], "nobody can sign in") {
		t.Errorf("%v", planned.Notes)
	}
	server.clients[id], server.secrets[id] = server.fresh(), []string{secret}
	server.clients[id]["isGroupRestricted"], server.clients[id]["allowedUserGroups"] = true, []any{map[string]any{"id": "staff"}}
	if planned := plan(t, api, p); !planned.IsEmpty() || len(planned.Notes) > 0 {
		t.Errorf("%+v", planned)
	}
}

func TestRefused(t *testing.T) {
	server, api := newPocketID(t)
	api.Key = "another-key-hush"
	_, err := api.Plan(t.Context(), wanted(t), secret)
	var refused *idp.Error
	if !errors.As(err, &refused) || !strings.Contains(refused.Message, "does not take the API key") || strings.Contains(refused.Message+refused.Hint, "hush") {
		t.Errorf("%v", err)
	}
	api.Key = key
	planned := plan(t, api, wanted(t))
	err = api.Apply(t.Context(), planned, "short", func(string) {})
	if !errors.As(err, &refused) || !strings.Contains(refused.Message, "validation_failed; the client is there without its secret") {
		t.Errorf("%v", err)
	}
	// Somebody else changes it after the plan was shown.
	planned = plan(t, api, wanted(t))
	server.clients[id]["name"] = "Chat"
	if err = api.Apply(t.Context(), planned, secret, func(string) {}); !errors.As(err, &refused) || !strings.Contains(refused.Message, "nothing was done") {
		t.Errorf("%v", err)
	}
	if len(server.secrets[id]) > 0 {
		t.Error("something was done")
	}
}

// TestDown has Pocket ID gone at every request in turn: run again, all is there, and nothing twice.
func TestDown(t *testing.T) {
	for at := range 5 {
		server, api := newPocketID(t)
		n := 0
		planned := plan(t, api, wanted(t))
		server.fails = func(string, string) bool { n++; return n == at+1 }
		err := api.Apply(t.Context(), planned, secret, func(string) {})
		if writes := at == 1 || at == 3; writes && err == nil { // the client, and the secret; what only reads is asked again
			t.Errorf("gone at request %d, and nothing is said", at)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("the secret is told: %v", err)
		}
		server.fails = nil
		applied(t, api, plan(t, api, wanted(t)))
		if len(server.clients) != 1 || len(server.secrets[id]) != 1 {
			t.Errorf("gone at request %d: %d clients, %d secrets", at, len(server.clients), len(server.secrets[id]))
		}
	}
}

// TestTwo has two runs at once: whoever is late finds it done, or is told to run again.
func TestTwo(t *testing.T) {
	for range 20 {
		server, api := newPocketID(t)
		planned := plan(t, api, wanted(t))
		var runs sync.WaitGroup
		errs := make([]error, 2)
		for i := range errs {
			runs.Go(func() { errs[i] = api.Apply(t.Context(), planned, secret, func(string) {}) })
		}
		runs.Wait()
		if errs[0] != nil && errs[1] != nil {
			t.Errorf("both fail: %v", errs)
		}
		for _, err := range errs {
			var refused *idp.Error
			if err != nil && (!errors.As(err, &refused) || !strings.Contains(refused.Message, "somebody else")) {
				t.Errorf("%v", err)
			}
		}
		applied(t, api, plan(t, api, wanted(t)))
		if len(server.clients) != 1 || len(server.clients[id]["callbackURLs"].([]any)) != 1 || len(server.kept()) != 1 {
			t.Errorf("%v, %d secrets", server.clients, len(server.kept()))
		}
	}
}

// TestTwoSecrets has several runs give the secret at the same moment: all have looked before the first one stores it. One copy is left.
func TestTwoSecrets(t *testing.T) {
	for _, runs := range []int{2, 3} {
		for range 20 {
			server, api := newPocketID(t)
			server.clients[id], server.secrets[id] = server.fresh(), []string{"wxyz-one-of-somebody-else"}
			planned := plan(t, api, wanted(t))
			var looked sync.WaitGroup
			looked.Add(runs)
			server.before = func(method, path string) {
				if method == http.MethodPost && strings.HasSuffix(path, "/secrets") {
					looked.Done()
					looked.Wait()
				}
			}
			var all sync.WaitGroup
			for range runs {
				all.Go(func() {
					if err := api.Apply(t.Context(), planned, secret, func(string) {}); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			server.before = nil
			if kept := server.kept(); !slices.Equal(kept, []string{"wxyz-one-of-somebody-else", secret}) {
				t.Errorf("of %d runs %d secrets are left", runs, len(kept))
			}
			applied(t, api, plan(t, api, wanted(t)))
		}
	}
}

// grouped is the client of a stack that names groups.
func grouped(t *testing.T, names ...string) idp.Provider {
	p := wanted(t)
	p.Client["isGroupRestricted"], p.Groups = true, names
	return p
}

// TestGroups allows the groups that the stack names, whatever is there, and takes none away.
func TestGroups(t *testing.T) {
	many := make([]string, 250)
	for i := range many {
		many[i] = fmt.Sprintf("club-%03d", i)
	}
	for name, c := range map[string]struct {
		there []string // nil: there is no client
		add   string
		left  []string
		notes int
	}{
		"new":     {nil, "", []string{"family", "staff"}, 0},
		"none":    {[]string{}, "family, staff", []string{"family", "staff"}, 0},
		"one":     {[]string{"staff"}, "family", []string{"family", "staff"}, 0},
		"all":     {[]string{"staff", "family"}, "", []string{"family", "staff"}, 0},
		"more":    {[]string{"guests", "staff", "family"}, "", []string{"family", "guests", "staff"}, 1},
		"another": {[]string{"guests"}, "family, staff", []string{"family", "guests", "staff"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			server, api := newPocketID(t)
			server.groups = append(slices.Clone(many), "guests", "staff", "family")
			if c.there != nil {
				client := server.fresh()
				client["isGroupRestricted"] = true
				ids := []any{}
				for _, there := range c.there {
					ids = append(ids, fmt.Sprintf("group-%d", slices.Index(server.groups, there)))
				}
				server.allow(client, map[string]any{"userGroupIds": ids})
				server.clients[id], server.secrets[id] = client, []string{secret}
			}
			planned := plan(t, api, grouped(t, "family", "staff"))
			i := slices.IndexFunc(planned.Changes, func(c idp.Change) bool { return c.Field == "allowedUserGroups" })
			switch {
			case len(planned.Notes) != c.notes || len(planned.NoGroups) > 0 || planned.New != (c.there == nil):
				t.Errorf("%+v", planned)
			case (c.there == nil || c.add != "") != (i >= 0):
				t.Errorf("%+v", planned.Changes)
			case c.add != "" && (planned.Changes[i].Added != c.add || len(planned.Changes) != 1):
				t.Errorf("%+v", planned.Changes)
			}
			applied(t, api, planned)
			var left []string
			for _, item := range server.clients[id]["allowedUserGroups"].([]any) {
				left = append(left, item.(map[string]any)["name"].(string))
			}
			slices.Sort(left)
			if !slices.Equal(left, c.left) || server.clients[id]["isGroupRestricted"] != true {
				t.Errorf("the groups are %v", left)
			}
		})
	}
}

// TestGroupsFirst holds that a client becomes one for groups only when they may sign in: nobody is locked out in between.
func TestGroupsFirst(t *testing.T) {
	server, api := newPocketID(t)
	server.groups = []string{"family"}
	server.clients[id], server.secrets[id] = server.fresh(), []string{secret}
	planned := plan(t, api, grouped(t, "family"))
	server.asked = nil
	applied(t, api, planned)
	var writes []string
	for _, asked := range server.asked {
		if strings.HasPrefix(asked, "PUT ") {
			writes = append(writes, asked)
		}
	}
	if want := []string{"PUT /api/oidc/clients/" + id + "/allowed-user-groups", "PUT /api/oidc/clients/" + id}; !slices.Equal(writes, want) {
		t.Errorf("%v", writes)
	}
	if groups := server.clients[id]["allowedUserGroups"].([]any); len(groups) != 1 {
		t.Errorf("the groups are %v", groups)
	}
}

// TestNoGroup has a group that does not exist: it is told, and nothing is done.
func TestNoGroup(t *testing.T) {
	server, api := newPocketID(t)
	server.groups = []string{"family"}
	planned := plan(t, api, grouped(t, "family", "staff"))
	if !slices.Equal(planned.NoGroups, []string{"staff"}) || planned.IsEmpty() {
		t.Errorf("%+v", planned)
	}
	err := api.Apply(t.Context(), planned, secret, func(step string) { t.Errorf("it %s", step) })
	var refused *idp.Error
	if !errors.As(err, &refused) || !strings.Contains(refused.Message, `has no group "staff": nothing was done`) || !strings.Contains(refused.Hint, "/settings/admin/user-groups") {
		t.Errorf("%v", err)
	}
	if len(server.clients) > 0 {
		t.Error("something was done")
	}
}

// TestLate has somebody else do all of it after the plan was shown, or only give the secret: nothing is done twice, and nothing is wrong.
func TestLate(t *testing.T) {
	server, api := newPocketID(t)
	planned := plan(t, api, wanted(t))
	applied(t, api, plan(t, api, wanted(t)))
	server.asked = nil
	if err := api.Apply(t.Context(), planned, secret, func(step string) { t.Errorf("it %s", step) }); err != nil {
		t.Error(err)
	}
	for _, asked := range server.asked {
		if !strings.HasPrefix(asked, "GET ") {
			t.Errorf("it was asked %s", asked)
		}
	}

	server, api = newPocketID(t)
	server.fails = func(method, path string) bool {
		if method == http.MethodGet && strings.HasSuffix(path, "/secrets") && server.secrets[id] == nil {
			server.secrets[id] = []string{secret}
		}
		return false
	}
	applied(t, api, plan(t, api, wanted(t)))
	if n := len(server.secrets[id]); n != 1 {
		t.Errorf("the client has %d secrets", n)
	}
}

// TestOlder holds what is said of a Pocket ID before 2.14, which makes its secret itself.
func TestOlder(t *testing.T) {
	server, api := newPocketID(t)
	server.older = true
	err := api.Apply(t.Context(), plan(t, api, wanted(t)), secret, func(string) {})
	var refused *idp.Error
	if !errors.As(err, &refused) || !strings.Contains(refused.Hint, "older than 2.14") || server.clients[id] == nil {
		t.Errorf("%v", err)
	}
	server.clients[id]["name"] = "Chat"
	planned := plan(t, api, wanted(t))
	if len(planned.Changes) != 1 || planned.AddSecret || len(planned.Notes) != 1 {
		t.Errorf("%+v", planned)
	}
	applied(t, api, planned)
}

// TestElsewhere holds that the key goes to the issuer alone, and that what answers there is Pocket ID.
func TestElsewhere(t *testing.T) {
	asked := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer other.Close()
	for name, answer := range map[string]http.HandlerFunc{
		"leads elsewhere": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		},
		"is not Pocket ID":    func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<!DOCTYPE html>") },
		"something else":      func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"id": "other"}`) },
		"longer than 1 MB":    func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat(" ", 2<<20)) },
		"no administrator":    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) },
		"Pocket ID answers 5": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) },
	} {
		server := httptest.NewServer(answer)
		_, err := (&idp.API{Base: server.URL, Key: key, HTTP: http.DefaultTransport}).Plan(t.Context(), wanted(t), secret)
		var refused *idp.Error
		if !errors.As(err, &refused) || !strings.Contains(refused.Message+refused.Hint, name) || strings.Contains(refused.Message+refused.Hint, key) {
			t.Errorf("%s: %v", name, err)
		}
		server.Close()
	}
	if asked {
		t.Error("another server was asked")
	}
}
