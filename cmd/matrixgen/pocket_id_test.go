package main

import (
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// pocketID starts a Pocket ID for id.example.com, which keeps its client in the file client.json and its secret in the file secret, and takes the API key
// in the file key. Its groups are in the file groups.json. Its authority is in the file ca.pem, its address in the variable POCKET_ID.
func pocketID(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 0 {
		ts.Fatalf("usage: pocketid")
	}
	const client = "/api/oidc/clients/matrix-authentication-service"
	folder := ts.MkAbs(".")
	read := func(name string) string {
		text, _ := os.ReadFile(filepath.Join(folder, name))
		return strings.TrimSpace(string(text))
	}
	keep := func(w http.ResponseWriter, r *http.Request, name string, status int) {
		text, _ := io.ReadAll(r.Body)
		if os.WriteFile(filepath.Join(folder, name), text, 0o600) != nil {
			status = http.StatusInternalServerError
		}
		w.WriteHeader(status)
		w.Write(text)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+client, func(w http.ResponseWriter, r *http.Request) {
		if read("client.json") == "" {
			w.WriteHeader(http.StatusNotFound)
		}
		io.WriteString(w, read("client.json"))
	})
	mux.HandleFunc("POST /api/oidc/clients", func(w http.ResponseWriter, r *http.Request) { keep(w, r, "client.json", http.StatusCreated) })
	mux.HandleFunc("PUT "+client, func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		_ = json.NewDecoder(r.Body).Decode(&body)
		body["id"] = "matrix-authentication-service"
		if body["isGroupRestricted"] == true {
			body["allowedUserGroups"] = clientOf(read("client.json"))["allowedUserGroups"]
		}
		text, _ := json.Marshal(body)
		_ = os.WriteFile(filepath.Join(folder, "client.json"), text, 0o600)
		w.Write(text)
	})
	mux.HandleFunc("GET /api/user-groups", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"data":`+read("groups.json")+`,"pagination":{"totalPages":1,"currentPage":1}}`)
	})
	mux.HandleFunc("PUT "+client+"/allowed-user-groups", func(w http.ResponseWriter, r *http.Request) {
		var body struct{ UserGroupIDs []string }
		var groups, allowed []map[string]string
		_, _ = json.NewDecoder(r.Body).Decode(&body), json.Unmarshal([]byte(read("groups.json")), &groups)
		for _, group := range groups {
			if slices.Contains(body.UserGroupIDs, group["id"]) {
				allowed = append(allowed, group)
			}
		}
		changed := clientOf(read("client.json"))
		changed["allowedUserGroups"] = allowed
		text, _ := json.Marshal(changed)
		_ = os.WriteFile(filepath.Join(folder, "client.json"), text, 0o600)
		w.Write(text)
	})
	mux.HandleFunc("GET "+client+"/secrets", func(w http.ResponseWriter, r *http.Request) {
		var kept struct{ Secret string }
		if json.Unmarshal([]byte(read("secret")), &kept) != nil || len(kept.Secret) < 16 {
			io.WriteString(w, "[]")
			return
		}
		json.NewEncoder(w).Encode([]map[string]any{{"prefix": kept.Secret[:4], "isActive": true}})
	})
	mux.HandleFunc("POST "+client+"/secrets", func(w http.ResponseWriter, r *http.Request) { keep(w, r, "secret", http.StatusCreated) })
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-API-Key") != read("key") {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	ts.Defer(server.Close)
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	ts.Check(os.WriteFile(filepath.Join(folder, "ca.pem"), certificate, 0o600))
	ts.Setenv("POCKET_ID", server.Listener.Addr().String())
}

// clientOf returns a client as it is kept.
func clientOf(text string) map[string]any {
	var client map[string]any
	_ = json.Unmarshal([]byte(text), &client)
	return client
}
