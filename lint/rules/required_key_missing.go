package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// requiredKeyMissing: without these keys the product does not start.
func requiredKeyMissing(tables *facts.Formats) lint.Rule {
	return lint.Rule{
		Name:      "required-key-missing",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Fatal:     true,
		Documents: "mas, synapse, livekit",
		Title:     "a key without which the product does not start",
		Why:       "MAS and Synapse stop at once if one of these keys is in none of the files that they read, and LiveKit does if its TURN server has no port or no certificate.",
		Sees:      "missing field `secrets`, or missing field `matrix`; Missing `secret` or `secret_file`; Missing mandatory `server_name` config option.; TURN tls cert required",
		Quotes: map[string][]string{
			"MAS 1.22.0":      {"missing field `secrets`", "missing field `matrix`", "Missing `secret` or `secret_file`"},
			"Synapse 1.163.2": {"Missing mandatory `server_name` config option."},
			"LiveKit 1.13.5":  {"TURN tls cert required"},
		},
		Before:  example.MAS("matrix:\n  homeserver: example.org\n  endpoint: http://synapse:8008/\n"),
		After:   example.MAS(""),
		Repairs: "renames secret_path of MAS and secret_file of Synapse, which have their names from each other",
		Source: []string{
			"element-hq/matrix-authentication-service crates/config/src/sections/mod.rs",
			"element-hq/synapse synapse/config/_base.py",
			"element-hq/synapse synapse/config/mas.py",
			"livekit/livekit pkg/service/turn.go",
		},
		Check: func(d *model.Deployment, report func(diag.Finding)) { checkRequiredKeyMissing(tables, d, report) },
	}
}

func checkRequiredKeyMissing(tables *facts.Formats, d *model.Deployment, report func(diag.Finding)) {
	checkLiveKitTURN(d, report)
	for _, kind := range []model.DocumentKind{model.KindMAS, model.KindSynapse} {
		for _, c := range facts.Contents(d, kind) {
			r := required{Content: c, product: facts.ProductName(kind), report: lint.Guessing(report, c.Config)}
			r.readMisspelt(tables)
			for _, s := range tables.Sections(c.Doc, c.Root) {
				r.check(s)
			}
		}
	}
}

// required looks for keys that are missing in what is read as one.
type required struct {
	facts.Content
	product string
	report  func(diag.Finding)
	// misspelt are the paths of the keys that unknown ones were probably meant to be: those are reported as unknown.
	misspelt []string
}

func (r *required) readMisspelt(tables *facts.Formats) {
	for _, m := range tables.FactsOf(r.Doc, r.Root).Misfits {
		if m.Kind == format.UnknownKey && m.Suggestion != "" {
			r.misspelt = append(r.misspelt, m.Suggestion, facts.JoinedPath(facts.ParentPath(m.Path), m.Suggestion))
		}
	}
}

func (r *required) check(s facts.Section) {
	if r.checkSwapped(s) {
		return
	}
	if s.Path == "" && (!r.Whole || r.Config == nil) || !r.Whole && !(s.Item && r.ItemsWhole) {
		return // it may stand where nobody looked; and what is read on its own may be a part of something else
	}
	for _, keys := range r.needed(s) {
		if slices.ContainsFunc(keys, func(key string) bool { return s.Node.Field(key) != nil || r.isElsewhere(s, key) }) {
			continue
		}
		where := strings.Join(keys, " or ") + " is missing"
		if s.Path != "" {
			where = s.Path + " has no " + strings.Join(keys, " or ")
		}
		r.report(diag.Finding{
			Position: s.At,
			Message:  fmt.Sprintf("%s does not start: %s", r.product, where),
			Hint:     "add " + keys[len(keys)-1],
		})
	}
}

// isElsewhere says that the key is there under a name that is spelled wrong, or comes from the environment. MAS reads MAS_MATRIX_SECRET as
// matrix.secret, and cannot be given a key with an underscore in this way.
func (r *required) isElsewhere(s facts.Section, key string) bool {
	path := facts.JoinedPath(s.Path, key)
	if slices.Contains(r.misspelt, path) {
		return true
	}
	if r.product != "MAS" || r.Config == nil || r.Config.Service == nil || strings.ContainsAny(path, "_[") {
		return false
	}
	name := "MAS_" + strings.ToUpper(strings.ReplaceAll(path, ".", "_"))
	return slices.ContainsFunc(r.Config.Service.Environment, func(v model.Variable) bool { return v.Name == name || strings.HasPrefix(v.Name, name+"_") })
}

// needed returns the keys that have to be in a section: of each group one.
func (r *required) needed(s facts.Section) [][]string {
	if r.product == "Synapse" {
		return neededBySynapse(s)
	}
	var groups [][]string
	for _, key := range s.Keys.Keys {
		if key.Required {
			groups = append(groups, []string{key.Name})
		}
	}
	switch facts.GeneralPath(s.Path) {
	case "matrix":
		groups = append(groups, []string{"secret", "secret_file"})
	case "secrets":
		groups = append(groups, []string{"encryption", "encryption_file"})
	case "secrets.keys[]":
		groups = append(groups, []string{"key", "key_file"})
	case "email":
		if s.Node.Get("transport").Is("smtp") {
			groups = append(groups, []string{"mode"}, []string{"hostname"})
		}
		if password := s.Has("password") || s.Has("password_file"); s.Has("username") && !password {
			groups = append(groups, []string{"password", "password_file"})
		} else if password && !s.Has("username") {
			groups = append(groups, []string{"username"})
		}
	}
	return groups
}

// neededBySynapse returns the same for Synapse, which looks at most of its keys only if something else is on.
func neededBySynapse(s facts.Section) [][]string {
	switch facts.GeneralPath(s.Path) {
	case "":
		if s.Node.Get("worker_app") != nil {
			return nil
		}
		groups := [][]string{{"server_name"}, {"report_stats"}}
		if s.Node.Field("databases") == nil && s.Node.Field("database_path") == nil {
			groups = append(groups, []string{"database"})
		}
		return groups
	case "listeners[]":
		return [][]string{{"type"}}
	case "media_upload_limits[]":
		return [][]string{{"time_period"}, {"max_size"}}
	case "matrix_authentication_service":
		if s.Node.Get("enabled").True() {
			return [][]string{{"secret", "secret_path"}}
		}
	}
	return nil
}
