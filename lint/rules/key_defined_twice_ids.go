package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/model"
)

// checkIDs reports ids that two items of a list of MAS share. Lists of several files are appended to each other.
func checkIDs(c facts.Content, report func(diag.Finding)) {
	for _, list := range []struct {
		path []string
		key  string
		what string
	}{
		{[]string{"upstream_oauth2", "providers"}, "id", "provider"},
		{[]string{"clients"}, "client_id", "client"},
		{[]string{"secrets", "keys"}, "kid", "key"},
		{[]string{"passwords", "schemes"}, "version", "password scheme"},
	} {
		seen := map[string]*model.Node{}
		last := len(list.path) - 1
		for _, item := range c.Root.At(list.path[:last]...).ItemsAt(list.path[last]) {
			id := item.Get(list.key)
			text, known := id.Literal()
			if !known || text == "" {
				continue
			}
			name := strings.ToUpper(text)
			if list.key == "kid" {
				name = text
			}
			if first := seen[name]; first != nil {
				report(diag.Finding{
					Position: id.Position,
					Message:  fmt.Sprintf("a second %s of MAS has the %s %s", list.what, list.key, text),
					Hint:     "give each its own",
					Related:  []diag.Related{{Position: first.Position, Message: "the first is here"}},
				})
				continue
			}
			seen[name] = id
		}
	}
}

// checkReplaced reports sections of Synapse that a later file replaces whole, and so loses what only the earlier one says.
func checkReplaced(synapse *model.Configuration, report func(diag.Finding)) {
	if synapse == nil {
		return
	}
	for i, later := range synapse.Documents {
		for _, f := range later.Root.Entries() {
			for _, earlier := range synapse.Documents[:i] {
				was := earlier.Root.Field(f.Key)
				if was == nil || was.Value.Kind != model.Map || f.Value.Kind != model.Map || f.Value.Unknown {
					continue
				}
				lost := slices.IndexFunc(was.Value.Fields, func(old model.Field) bool { return f.Value.Field(old.Key) == nil })
				if lost < 0 {
					continue
				}
				report(diag.Finding{
					Position: f.Position,
					Message:  fmt.Sprintf("this replaces all of %s in %s, so that its %s is lost", f.Key, earlier.Name, was.Value.Fields[lost].Key),
					Hint:     "keep the whole section in one file",
					Related:  []diag.Related{{Position: was.Position, Message: "it stands here first"}},
				})
			}
		}
	}
}

// checkAppended reports listeners in two files of MAS: the second does not replace the first, both are opened. Clients, providers and keys may
// well be spread over files; their ids tell when one is there twice.
func checkAppended(mas *model.Configuration, report func(diag.Finding)) {
	if mas == nil {
		return
	}
	var first *model.Field
	for _, doc := range mas.Documents {
		listeners := doc.Root.Get("http").Field("listeners")
		if listeners == nil || len(listeners.Value.Items) == 0 {
			continue
		}
		if first != nil {
			report(diag.Finding{
				Position: listeners.Position,
				Message:  "these listeners of MAS come on top of those of another file, and do not replace them",
				Hint:     "keep http.listeners in one file",
				Related:  []diag.Related{{Position: first.Position, Message: "the others stand here"}},
			})
			return
		}
		first = listeners
	}
}
