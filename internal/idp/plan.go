package idp

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
)

// Plan is what has to change at a Pocket ID, so that its client is what the files say.
type Plan struct {
	Provider Provider
	// New says that there is no such client yet.
	New bool
	// Changes are the fields that differ, in the order of the files.
	Changes []Change
	// AddSecret says that the client lacks the secret of MAS.
	AddSecret bool
	// NoGroups are groups that the stack names, and that do not exist: nothing can be done before somebody makes them.
	NoGroups []string
	// Notes are what the plan leaves as it is, and why somebody should know.
	Notes []string

	body map[string]any
	// groups are the ids of those that are to be allowed, and addGroups says that they are not yet.
	groups    []string
	addGroups bool
	// older says that Pocket ID has no list of secrets: it is older than 2.14.
	older bool
}

// Change is a field that differs: what it is now, "" if the client is new, and what it becomes. Added is what a list gets, "" for what is none.
type Change struct {
	Field, From, To, Added string
}

// IsEmpty reports whether there is nothing to do.
func (p *Plan) IsEmpty() bool {
	return len(p.Changes) == 0 && len(p.NoGroups) == 0 && !p.AddSecret && !p.New
}

// Same reports whether two plans do the same.
func (p *Plan) Same(q *Plan) bool {
	return p.New == q.New && p.AddSecret == q.AddSecret && slices.Equal(p.Changes, q.Changes)
}

// orderOf is the order in which fields are told.
var orderOf = []string{"name", "callbackURLs", "logoutCallbackURLs", "isPublic", "pkceEnabled", "requiresReauthentication", "requiresPushedAuthorizationRequests", "isGroupRestricted", "launchURL"}

// fieldsOf returns the fields of a wanted client that are compared: all but its id.
func fieldsOf(client map[string]any) []string {
	var fields []string
	for _, field := range orderOf {
		if _, wanted := client[field]; wanted {
			fields = append(fields, field)
		}
	}
	for _, field := range slices.Sorted(maps.Keys(client)) {
		if field != "id" && !slices.Contains(fields, field) {
			fields = append(fields, field)
		}
	}
	return fields
}

// Plan compares the client with what the files say. secret is what MAS has, "" for a public client.
func (a *API) Plan(ctx context.Context, p Provider, secret string) (*Plan, error) {
	plan := &Plan{Provider: p}
	var now map[string]any
	err := a.do(ctx, http.MethodGet, clientPath(p.ClientID), nil, &now)
	switch {
	case is(err, http.StatusNotFound):
		plan.New, plan.body, plan.AddSecret = true, p.Client, secret != ""
		for _, field := range fieldsOf(p.Client) {
			plan.Changes = append(plan.Changes, Change{Field: field, To: show(p.Client[field])})
		}
		plan.noteGroups(p.Client["isGroupRestricted"] == true, 0)
		return plan, a.planGroups(ctx, plan, nil)
	case err != nil:
		return nil, a.explain(err)
	case now["id"] != p.ClientID:
		return nil, &Error{Message: a.Base + " answers with something else than the client", Hint: "look whether the issuer is that of Pocket ID"}
	}
	plan.compare(now)
	if err := a.planGroups(ctx, plan, now); err != nil {
		return nil, err
	}
	if secret == "" {
		return plan, nil
	}
	return plan, a.planSecret(ctx, plan, secret)
}

// compare notes what differs from the client as it is. Everything that the files do not speak of stays as it is.
func (p *Plan) compare(now map[string]any) {
	p.body = writable(now)
	groups, _ := now["allowedUserGroups"].([]any)
	for _, field := range fieldsOf(p.Provider.Client) {
		want, added := p.Provider.Client[field], ""
		switch field {
		case "callbackURLs", "logoutCallbackURLs":
			want, added = p.together(field, now)
		case "isGroupRestricted":
			if want == false && now[field] == true && len(groups) > 0 {
				p.Notes = append(p.Notes, fmt.Sprintf("only members of %d groups may sign in there, and the stack does not restrict: left as it is, since another value takes the groups away", len(groups)))
				want = true
			}
			p.noteGroups(want == true, len(groups))
		}
		if !reflect.DeepEqual(now[field], want) && show(now[field]) != show(want) {
			p.Changes = append(p.Changes, Change{field, show(now[field]), show(want), added})
		}
		p.body[field] = want
	}
}

// noteGroups tells that nobody can sign in by a client that is for groups, and has none, nor does the stack name one.
func (p *Plan) noteGroups(restricted bool, groups int) {
	if restricted && groups == 0 && len(p.Provider.Groups) == 0 {
		p.Notes = append(p.Notes, "the client is for members of groups, and no group is allowed: nobody can sign in until you allow one in Pocket ID")
	}
}

// together returns the callbacks that are there, and those that are missing: who else uses them is not known. added are the missing ones.
func (p *Plan) together(field string, now map[string]any) (all []any, added string) {
	wanted, there := list(p.Provider.Client, field), list(now, field)
	all = []any{}
	for _, item := range there {
		all = append(all, item)
		if !slices.Contains(wanted, item) {
			p.Notes = append(p.Notes, fmt.Sprintf("%s has %s, which this stack does not need: kept; if nothing else does, take it out in Pocket ID", field, item))
		}
	}
	var missing []string
	for _, item := range wanted {
		if !slices.Contains(there, item) {
			all, missing = append(all, item), append(missing, item)
		}
	}
	return all, strings.Join(missing, ", ")
}

// writable returns what of a client a PUT takes, which replaces all of it.
func writable(now map[string]any) map[string]any {
	body := maps.Clone(now)
	for _, field := range []string{"id", "hasLogo", "hasDarkLogo", "clientType", "allowedUserGroups", "allowedUserGroupsCount", "pkceSupported"} {
		delete(body, field)
	}
	if credentials, ok := body["credentials"].(map[string]any); ok {
		credentials = maps.Clone(credentials)
		delete(credentials, "secrets")
		body["credentials"] = credentials
	}
	return body
}

// show returns a value as it stands in JSON.
func show(value any) string {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(value) != nil {
		return ""
	}
	return strings.TrimSpace(text.String())
}

const olderSecret = "this Pocket ID is older than 2.14, and makes its one secret itself: make one on the page of the client, and store it with matrixgen secrets set"

// planSecret looks whether the client has the secret: Pocket ID shows the first four letters of each.
func (a *API) planSecret(ctx context.Context, plan *Plan, secret string) error {
	var secrets []secretEntry
	err := a.do(ctx, http.MethodGet, clientPath(plan.Provider.ClientID)+"/secrets", nil, &secrets)
	switch {
	case is(err, http.StatusNotFound):
		plan.older, plan.AddSecret = true, false
		plan.Notes = append(plan.Notes, olderSecret)
		return nil
	case err != nil:
		return a.explain(err)
	}
	ours := sameSecret(secrets, secret)
	plan.AddSecret = len(ours) == 0
	others := -len(ours)
	for _, s := range secrets {
		if s.IsActive {
			others++
		}
	}
	if len(ours) > 1 {
		plan.Notes = append(plan.Notes, fmt.Sprintf("%d secrets of the client begin as that of MAS does: one is enough, and the others can go in Pocket ID", len(ours)))
	}
	if others > 0 {
		plan.Notes = append(plan.Notes, fmt.Sprintf("the client has %d other secrets that count: kept; once MAS runs with its own, take them out in Pocket ID", others))
	}
	return nil
}
