package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
)

// requiredKeyMissing: without these keys the product does not start.
func requiredKeyMissing(tables *formats) Rule {
	return Rule{
		Name:      "required-key-missing",
		Severity:  diag.Error,
		Guide:     GuideNever,
		Fatal:     true,
		Documents: "mas, synapse",
		Title:     "a key without which the product does not start",
		Why:       "MAS and Synapse stop at once if one of these keys is in none of the files that they read.",
		Sees:      "missing field `secrets`; Missing `secret` or `secret_file`; Missing mandatory `server_name` config option.",
		Before:    masExample("matrix:\n  homeserver: example.org\n  endpoint: http://synapse:8008/\n"),
		After:     masExample(""),
		Repairs:   "renames secret_path of MAS and secret_file of Synapse, which have their names from each other",
		Source: []string{
			"element-hq/matrix-authentication-service crates/config/src/sections/mod.rs",
			"element-hq/synapse synapse/config/_base.py",
			"element-hq/synapse synapse/config/mas.py",
		},
		Check: func(d *model.Deployment, report func(diag.Finding)) {
			for _, kind := range []model.DocumentKind{model.KindMAS, model.KindSynapse} {
				for _, c := range contents(d, kind) {
					r := required{content: c, product: productName(kind), report: guessing(report, c.config)}
					r.readMisspelt(tables)
					for _, s := range tables.sections(c.doc, c.root) {
						r.check(s)
					}
				}
			}
		},
	}
}

// required looks for keys that are missing in what is read as one.
type required struct {
	content
	product string
	report  func(diag.Finding)
	// misspelt are the paths of the keys that unknown ones were probably meant to be: those are reported as unknown.
	misspelt []string
}

func (r *required) readMisspelt(tables *formats) {
	for _, m := range tables.factsOf(r.doc, r.root).misfits {
		if m.Kind == format.UnknownKey && m.Suggestion != "" {
			r.misspelt = append(r.misspelt, m.Suggestion, joined(parent(m.Path), m.Suggestion))
		}
	}
}

func (r *required) check(s section) {
	if r.checkSwapped(s) {
		return
	}
	if s.path == "" && (!r.whole || r.config == nil) || !r.whole && !(s.item && r.itemsWhole) {
		return // it may stand where nobody looked; and what is read on its own may be a part of something else
	}
	for _, keys := range r.needed(s) {
		if slices.ContainsFunc(keys, func(key string) bool { return s.node.Field(key) != nil || r.isElsewhere(s, key) }) {
			continue
		}
		where := strings.Join(keys, " or ") + " is missing"
		if s.path != "" {
			where = s.path + " has no " + strings.Join(keys, " or ")
		}
		r.report(diag.Finding{
			Position: s.at,
			Message:  fmt.Sprintf("%s does not start: %s", r.product, where),
			Hint:     "add " + keys[len(keys)-1],
		})
	}
}

// isElsewhere says that the key is there under a name that is spelled wrong, or comes from the environment. MAS reads MAS_MATRIX_SECRET as
// matrix.secret, and cannot be given a key with an underscore in this way.
func (r *required) isElsewhere(s section, key string) bool {
	path := joined(s.path, key)
	if slices.Contains(r.misspelt, path) {
		return true
	}
	if r.product != "MAS" || r.config == nil || r.config.Service == nil || strings.ContainsAny(path, "_[") {
		return false
	}
	name := "MAS_" + strings.ToUpper(strings.ReplaceAll(path, ".", "_"))
	return slices.ContainsFunc(r.config.Service.Environment, func(v model.Variable) bool { return v.Name == name || strings.HasPrefix(v.Name, name+"_") })
}

// needed returns the keys that have to be in a section: of each group one.
func (r *required) needed(s section) [][]string {
	if r.product == "Synapse" {
		return neededBySynapse(s)
	}
	var groups [][]string
	for _, key := range s.keys.Keys {
		if key.Required {
			groups = append(groups, []string{key.Name})
		}
	}
	switch general(s.path) {
	case "matrix":
		groups = append(groups, []string{"secret", "secret_file"})
	case "secrets":
		groups = append(groups, []string{"encryption", "encryption_file"})
	case "secrets.keys[]":
		groups = append(groups, []string{"key", "key_file"})
	case "email":
		if s.node.Get("transport").Is("smtp") {
			groups = append(groups, []string{"mode"}, []string{"hostname"})
		}
		if password := s.has("password") || s.has("password_file"); s.has("username") && !password {
			groups = append(groups, []string{"password", "password_file"})
		} else if password && !s.has("username") {
			groups = append(groups, []string{"username"})
		}
	}
	return groups
}

// neededBySynapse returns the same for Synapse, which looks at most of its keys only if something else is on.
func neededBySynapse(s section) [][]string {
	switch general(s.path) {
	case "":
		if s.node.Get("worker_app") != nil {
			return nil
		}
		groups := [][]string{{"server_name"}, {"report_stats"}}
		if s.node.Field("databases") == nil && s.node.Field("database_path") == nil {
			groups = append(groups, []string{"database"})
		}
		return groups
	case "listeners[]":
		return [][]string{{"type"}}
	case "matrix_authentication_service":
		if s.node.Get("enabled").True() {
			return [][]string{{"secret", "secret_path"}}
		}
	}
	return nil
}
