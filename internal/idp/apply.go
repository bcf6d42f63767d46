package idp

import (
	"context"
	"fmt"
	"net/http"
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

// write makes the client, or replaces it by what it was with the changes.
func (a *API) write(ctx context.Context, plan *Plan, done func(step string)) error {
	id := plan.Provider.ClientID
	switch {
	case plan.New:
		err := a.do(ctx, http.MethodPost, "/api/oidc/clients", plan.body, nil)
		if is(err, http.StatusConflict) {
			return &Error{Message: "somebody else has just made the client " + id, Hint: "run it again: it then completes what is missing"}
		}
		if err != nil {
			return a.explain(err)
		}
		done("made the client " + id)
	case len(plan.Changes) > 0:
		if err := a.do(ctx, http.MethodPut, clientPath(id), plan.body, nil); err != nil {
			return a.explain(err)
		}
		for _, c := range plan.Changes {
			done("changed " + c.Field)
		}
	}
	return nil
}

// addSecret gives the client the secret, unless somebody else just did.
func (a *API) addSecret(ctx context.Context, plan *Plan, secret string, done func(step string)) error {
	id := plan.Provider.ClientID
	again := &Plan{Provider: plan.Provider}
	if err := a.planSecret(ctx, again, secret); err != nil {
		return a.halfway(err)
	}
	switch {
	case again.older:
		return &Error{Message: "the client " + id + " is there, and has no secret", Hint: olderSecret}
	case !again.AddSecret:
		return nil
	}
	// The answer repeats the secret: it is not read.
	if err := a.do(ctx, http.MethodPost, clientPath(id)+"/secrets", map[string]string{"secret": secret}, nil); err != nil {
		return a.halfway(a.explain(err))
	}
	done(fmt.Sprintf("gave it the secret %s", plan.Provider.Slot))
	return nil
}

// halfway says of an error that the client is there, and its secret is not.
func (a *API) halfway(err error) error {
	if e, ok := err.(*Error); ok {
		return &Error{Message: e.Message + "; the client is there without its secret", Hint: e.Hint + "; then run it again: it completes what is missing"}
	}
	return err
}
