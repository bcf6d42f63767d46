package conformance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// forge plays the server that hosts a repository, as far as comments on pull request 7 go.
//
//   - GitHub: https://docs.github.com/en/rest/issues/comments; a page has at most 100, and a token that may not write gets a 403.
//   - Forgejo has the same paths and knows no pages there: routers/api/v1/repo/issue_comment.go of Forgejo 11.
//   - GitLab: https://docs.gitlab.com/api/notes/#merge-requests; the author has an id, which https://docs.gitlab.com/api/users/#get-the-current-user tells.
//
// All three let a token that may write change what others wrote.
type forge struct {
	kind     string // github, forgejo or gitlab
	url      string
	readOnly bool
	broken   bool // everything is a 502

	mu       sync.Mutex
	comments []comment
}

type comment struct {
	id     int
	author string
	body   string
}

const (
	forgeToken = "ghs_16C7e42F292c6912E7710c838347Ae178B4a"
	stranger   = "stranger"
)

// newForge starts a server with comments of a stranger.
func newForge(t *testing.T, kind string, bodies ...string) *forge {
	f := &forge{kind: kind}
	for _, body := range bodies {
		f.comments = append(f.comments, comment{len(f.comments) + 1, stranger, body})
	}
	mux := http.NewServeMux()
	if kind == "gitlab" {
		mux.HandleFunc("GET /user", func(w http.ResponseWriter, _ *http.Request) { f.answer(w, http.StatusOK, map[string]any{"id": 99}) })
		mux.HandleFunc("GET /projects/42/merge_requests/7/notes", f.list)
		mux.HandleFunc("POST /projects/42/merge_requests/7/notes", f.create)
		mux.HandleFunc("PUT /projects/42/merge_requests/7/notes/{id}", f.change)
	} else {
		mux.HandleFunc("GET /repos/club/chat/issues/7/comments", f.list)
		mux.HandleFunc("POST /repos/club/chat/issues/7/comments", f.create)
		mux.HandleFunc("PATCH /repos/club/chat/issues/comments/{id}", f.change)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		switch {
		case f.broken:
			f.answer(w, http.StatusBadGateway, nil)
		case r.Header.Get("Authorization") != "Bearer "+forgeToken:
			f.answer(w, http.StatusUnauthorized, map[string]any{"message": "Bad credentials"})
		case f.readOnly && r.Method != http.MethodGet:
			f.answer(w, http.StatusForbidden, map[string]any{"message": "Resource not accessible by integration"})
		default:
			mux.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

// env is what the CI of the forge sets.
func (f *forge) env() []string {
	switch f.kind {
	case "gitlab":
		return []string{"GITLAB_CI=true", "CI_API_V4_URL=" + f.url, "CI_MERGE_REQUEST_PROJECT_ID=42", "CI_MERGE_REQUEST_IID=7", "CI_PROJECT_ID=43"}
	case "forgejo":
		return []string{"GITHUB_ACTIONS=true", "GITEA_ACTIONS=true", "FORGEJO_ACTIONS=true", "GITHUB_API_URL=" + f.url, "GITHUB_REPOSITORY=club/chat"}
	}
	return []string{"GITHUB_ACTIONS=true", "GITHUB_API_URL=" + f.url, "GITHUB_REPOSITORY=club/chat"}
}

// us is who the token of a run writes as.
func (f *forge) us() string {
	return map[string]string{"github": "github-actions[bot]", "forgejo": "forgejo-actions", "gitlab": "project_42_bot"}[f.kind]
}

func (f *forge) answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // who closes the connection gets nothing
}

func (f *forge) json(c comment) map[string]any {
	if f.kind == "gitlab" {
		return map[string]any{"id": c.id, "body": c.body, "author": map[string]any{"id": map[bool]int{true: 99, false: 5}[c.author == f.us()], "username": c.author}}
	}
	return map[string]any{"id": c.id, "body": c.body, "user": map[string]any{"login": c.author}}
}

func (f *forge) list(w http.ResponseWriter, r *http.Request) {
	shown := f.comments
	if f.kind != "forgejo" {
		size, _ := strconv.Atoi(r.FormValue("per_page"))
		page, _ := strconv.Atoi(r.FormValue("page"))
		size = min(max(size, 1), 100)
		from := min((max(page, 1)-1)*size, len(shown))
		shown = shown[from:min(from+size, len(shown))]
	}
	list := []any{}
	for _, c := range shown {
		list = append(list, f.json(c))
	}
	f.answer(w, http.StatusOK, list)
}

func (f *forge) create(w http.ResponseWriter, r *http.Request) {
	body, ok := f.body(w, r)
	if ok {
		f.comments = append(f.comments, comment{len(f.comments) + 1, f.us(), body})
		f.answer(w, http.StatusCreated, f.json(f.comments[len(f.comments)-1]))
	}
}

func (f *forge) change(w http.ResponseWriter, r *http.Request) {
	i := slices.IndexFunc(f.comments, func(c comment) bool { return fmt.Sprint(c.id) == r.PathValue("id") })
	if i < 0 {
		f.answer(w, http.StatusNotFound, nil)
		return
	}
	if body, ok := f.body(w, r); ok {
		f.comments[i].body = body
		f.answer(w, http.StatusOK, f.json(f.comments[i]))
	}
}

// body returns the text of a request, which all of them refuse if it is empty.
func (f *forge) body(w http.ResponseWriter, r *http.Request) (string, bool) {
	var sent struct{ Body string }
	err := json.NewDecoder(r.Body).Decode(&sent)
	if err != nil || strings.TrimSpace(sent.Body) == "" || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		f.answer(w, http.StatusUnprocessableEntity, nil)
		return "", false
	}
	return sent.Body, true
}

// ours returns the comments that the token wrote.
func (f *forge) ours() []comment {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(f.comments), func(c comment) bool { return c.author == stranger })
}
