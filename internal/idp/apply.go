package idp

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Apply does what a plan says, and tells of each step. Nothing is deleted. If Pocket ID is not as it was when the plan was made, nothing is done, unless
// what the plan wanted is there by now.
func (a *API) Apply(ctx context.Context, planned *Plan, secret string, done func(step string)) error {
	p := planned.Provider
	now, err := a.Plan(ctx, p, secret)
	switch {
	case err != nil:
		return err
	case now.IsEmpty():
		return nil
	case len(now.NoGroups) > 0:
		return now.noGroups()
	case !now.Same(planned):
		return &Error{Message: "the client at " + a.Base + " was changed by somebody else meanwhile: nothing was done", Hint: "look at the plan again"}
	}
	if err := a.write(ctx, now, done); err != nil {
		return err
	}
	if !now.AddSecret {
		return nil
	}
	return a.addSecret(ctx, now, secret, done)
}

// write makes the client, or replaces it by what it was with the changes. Groups are allowed before a client that is there is for them alone, so that
// nobody is locked out in between.
func (a *API) write(ctx context.Context, plan *Plan, done func(step string)) error {
	id := plan.Provider.ClientID
	if plan.New {
		err := a.do(ctx, http.MethodPost, "/api/oidc/clients", plan.body, nil)
		if is(err, http.StatusConflict) {
			return &Error{Message: "somebody else has just made the client " + id, Hint: "run it again: it then completes what is missing"}
		}
		if err != nil {
			return a.explain(err)
		}
		done("made the client " + id)
		if err := a.allow(ctx, plan); err != nil {
			return halfway(a.explain(err), "the groups whose members may sign in: nobody can")
		}
		if plan.addGroups {
			done("allowed " + strings.Join(plan.Provider.Groups, ", "))
		}
		return nil
	}
	if err := a.allow(ctx, plan); err != nil {
		return a.explain(err)
	}
	if len(plan.Changes) > 1 || len(plan.Changes) == 1 && !plan.addGroups {
		if err := a.do(ctx, http.MethodPut, clientPath(id), plan.body, nil); err != nil {
			return a.explain(err)
		}
	}
	for _, c := range plan.Changes {
		done("changed " + c.Field)
	}
	return nil
}

// addSecret gives the client the secret, unless somebody else just did.
func (a *API) addSecret(ctx context.Context, plan *Plan, secret string, done func(step string)) error {
	id := plan.Provider.ClientID
	again := &Plan{Provider: plan.Provider}
	if err := a.planSecret(ctx, again, secret); err != nil {
		return halfway(err, "its secret")
	}
	switch {
	case again.older:
		return &Error{Message: "the client " + id + " is there, and has no secret", Hint: olderSecret}
	case !again.AddSecret:
		return nil
	}
	// The answer repeats the secret: it is not read.
	if err := a.do(ctx, http.MethodPost, clientPath(id)+"/secrets", map[string]string{"secret": secret}, nil); err != nil {
		return halfway(a.explain(err), "its secret")
	}
	done(fmt.Sprintf("gave it the secret %s", plan.Provider.Slot))
	return a.onlyOnce(ctx, plan, secret)
}

// onlyOnce takes back what another run has stored at the same moment: a moment ago the client did not have the secret, so all of them are that. Every run keeps
// the one with the lowest id, so that one is left whoever comes last.
func (a *API) onlyOnce(ctx context.Context, plan *Plan, secret string) error {
	path := clientPath(plan.Provider.ClientID) + "/secrets"
	var secrets []secretEntry
	err := a.do(ctx, http.MethodGet, path, nil, &secrets)
	ids := sameSecret(secrets, secret)
	for len(ids) > 1 && err == nil {
		last := len(ids) - 1
		if err = a.do(ctx, http.MethodDelete, path+"/"+url.PathEscape(ids[last]), nil, nil); is(err, http.StatusNotFound) {
			err = nil // the other run did
		}
		ids = ids[:last]
	}
	if err == nil {
		return nil
	}
	if e, ok := a.explain(err).(*Error); ok {
		return &Error{Message: e.Message + "; the client has its secret, and if another run gave it at the same moment, twice", Hint: e.Hint + "; then look with idp plan"}
	}
	return err
}

// halfway says of an error that a client is there, and what it lacks.
func halfway(err error, lacks string) error {
	if e, ok := err.(*Error); ok {
		return &Error{Message: e.Message + "; the client is there without " + lacks, Hint: e.Hint + "; then run it again: it completes what is missing"}
	}
	return err
}
