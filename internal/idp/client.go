package idp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// maxAnswer is how much of an answer is read.
const maxAnswer = 1 << 20

// API is Pocket ID's, as an administrator uses it. Source: pocket-id v2.14.0, backend/internal/controller/oidc_controller.go and dto/error_dto.go.
type API struct {
	// Base is the issuer, and Key an API key of an administrator, which goes nowhere else.
	Base string
	Key  string
	HTTP http.RoundTripper
}

// Error is what Pocket ID refuses, in words for the operator, with the way out.
type Error struct {
	Message, Hint string
}

func (e *Error) Error() string { return e.Message }

// refusal is an answer that is no success. Code is what programs decide on.
type refusal struct {
	status int
	code   string
	what   string
}

func (r *refusal) Error() string {
	if r.code != "" {
		return fmt.Sprintf("%s: Pocket ID answers %d %s", r.what, r.status, r.code)
	}
	return fmt.Sprintf("%s: Pocket ID answers %d", r.what, r.status)
}

// clientPath returns the path of a client below the API.
func clientPath(id string) string { return "/api/oidc/clients/" + url.PathEscape(id) }

// do asks, and decodes the answer. It follows no redirect: the key is for this host alone.
func (a *API) do(ctx context.Context, method, path string, body, into any) error {
	bare, _, _ := strings.Cut(path, "?")
	what := method + " " + bare
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		sent = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(a.Base, "/")+path, sent)
	if err != nil {
		return err
	}
	request.Header.Set("X-API-Key", a.Key)
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "matrixgen-idp")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := a.HTTP.RoundTrip(request)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return fmt.Errorf("%s: the answer breaks off: %w", what, err)
	case len(text) > maxAnswer:
		return fmt.Errorf("%s: the answer is longer than 1 MB", what)
	case response.StatusCode < 200 || response.StatusCode > 299:
		var said struct {
			Code string `json:"code"`
		}
		_ = json.Unmarshal(text, &said)
		return &refusal{response.StatusCode, word(said.Code), what}
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: what answers is not Pocket ID: its answer is no JSON", what)
	}
	return nil
}

// word returns a code if it is one.
func word(code string) string {
	if strings.Trim(code, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || len(code) > 60 {
		return ""
	}
	return code
}

// explain says an error in words for the operator.
func (a *API) explain(err error) error {
	var r *refusal
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &r):
		return &Error{Message: err.Error(), Hint: "look whether " + a.Base + " runs, and is reached from this machine"}
	case r.status == http.StatusUnauthorized:
		return &Error{Message: a.Base + " does not take the API key", Hint: "it may have ended, or be of another Pocket ID: make one in its settings, under Admin, API Keys, as an administrator"}
	case r.status == http.StatusForbidden:
		return &Error{Message: "the API key is of somebody who is no administrator of " + a.Base, Hint: "make one as an administrator"}
	case r.status >= 300 && r.status < 400:
		return &Error{Message: r.Error(), Hint: "what answers at " + a.Base + " leads elsewhere, where the API key is not sent: look at the issuer"}
	}
	return &Error{Message: r.Error(), Hint: "look at the log of Pocket ID"}
}

// is reports whether an error is an answer of that status.
func is(err error, status int) bool {
	var r *refusal
	return errors.As(err, &r) && r.status == status
}

// secretEntry is a secret of a client, of which the first four letters are kept in clear.
type secretEntry struct {
	ID       string `json:"id"`
	Prefix   string `json:"prefix"`
	IsActive bool   `json:"isActive"`
}

// sameSecret returns the ids of the secrets that count and begin as one does, sorted.
func sameSecret(secrets []secretEntry, secret string) []string {
	var ids []string
	for _, s := range secrets {
		if s.IsActive && len(secret) >= 4 && s.Prefix == secret[:4] {
			ids = append(ids, s.ID)
		}
	}
	slices.Sort(ids)
	return ids
}
