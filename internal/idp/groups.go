package idp

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxPages is how many pages of groups are read, of a hundred each.
const maxPages = 100

// group is a group of a Pocket ID. Source: pocket-id v2.14.0, backend/internal/dto/user_group_dto.go.
type group struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// groups returns the ids of all groups of a Pocket ID, by their names.
func (a *API) groups(ctx context.Context) (map[string]string, error) {
	ids := map[string]string{}
	for page := 1; page <= maxPages; page++ {
		var found struct {
			Data       []group `json:"data"`
			Pagination struct {
				TotalPages int `json:"totalPages"`
			} `json:"pagination"`
		}
		query := url.Values{"pagination[page]": {strconv.Itoa(page)}, "pagination[limit]": {"100"}, "sort[column]": {"name"}, "sort[direction]": {"asc"}}
		if err := a.do(ctx, http.MethodGet, "/api/user-groups?"+query.Encode(), nil, &found); err != nil {
			return nil, a.explain(err)
		}
		for _, g := range found.Data {
			ids[g.Name] = g.ID
		}
		if page >= found.Pagination.TotalPages {
			break
		}
	}
	return ids, nil
}

// allowed returns the names of the groups that a client is for, by their ids, or by their names where they have none.
func allowed(client map[string]any) map[string]string {
	names := map[string]string{}
	items, _ := client["allowedUserGroups"].([]any)
	for _, item := range items {
		found, _ := item.(map[string]any)
		name, _ := found["name"].(string)
		id, _ := found["id"].(string)
		if id == "" {
			id = name
		}
		names[id] = name
	}
	return names
}

// planGroups looks which groups of the stack are not allowed yet, and which do not exist. now is the client as it is, nil if it is new.
func (a *API) planGroups(ctx context.Context, plan *Plan, now map[string]any) error {
	if len(plan.Provider.Groups) == 0 {
		return nil
	}
	known, err := a.groups(ctx)
	if err != nil {
		return err
	}
	there := allowed(now)
	names := slices.Sorted(maps.Values(there))
	for _, name := range names {
		if !slices.Contains(plan.Provider.Groups, name) {
			plan.Notes = append(plan.Notes, fmt.Sprintf("members of the group %q may sign in, too, which this stack does not name: kept; if they shall not, take it out in Pocket ID", name))
		}
	}
	plan.groups = slices.Sorted(maps.Keys(there))
	var missing []string
	for _, name := range plan.Provider.Groups {
		id, exists := known[name]
		switch {
		case !exists:
			plan.NoGroups = append(plan.NoGroups, name)
		case !slices.Contains(plan.groups, id):
			plan.groups, missing = append(plan.groups, id), append(missing, name)
		}
	}
	if len(missing) > 0 {
		plan.addGroups = true
		plan.Changes = append(plan.Changes, Change{"allowedUserGroups", show(names), show(append(names, missing...)), strings.Join(missing, ", ")})
	}
	return nil
}

// allow lets members of the groups sign in by the client, beside those who may. Pocket ID replaces all of them.
func (a *API) allow(ctx context.Context, plan *Plan) error {
	if !plan.addGroups {
		return nil
	}
	body := map[string][]string{"userGroupIds": plan.groups}
	return a.do(ctx, http.MethodPut, clientPath(plan.Provider.ClientID)+"/allowed-user-groups", body, nil)
}

// noGroups says that the stack names groups that do not exist.
func (p *Plan) noGroups() error {
	if len(p.NoGroups) == 0 {
		return nil
	}
	quoted := make([]string, len(p.NoGroups))
	for i, name := range p.NoGroups {
		quoted[i] = fmt.Sprintf("%q", name)
	}
	return &Error{Message: fmt.Sprintf("%s has no group %s: nothing was done", p.Provider.Issuer, strings.Join(quoted, ", no group ")), Hint: "make it at " + p.GroupsPage() + ", or take its name out of allowedGroups"}
}

// GroupsPage is where an administrator makes groups.
func (p *Plan) GroupsPage() string { return p.Provider.Issuer + "/settings/admin/user-groups" }
