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

// sectionIsNull: a section of which only the head is left is not empty for MAS and Synapse, but wrong.
func sectionIsNull(tables *facts.Formats) lint.Rule {
	return lint.Rule{
		Name:      "section-is-null",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "mas, synapse",
		Title:     "a section without content",
		Why: "A key with nothing but comments below it has the value null. MAS wants a list or a map there, and does not start; Synapse " +
			"does not start without a database, or with limits of messages, of push rules or of uploads that are null.",
		Sees: `invalid type: found unit, expected a sequence for key "default.clients"; No database config provided`,
		Quotes: map[string][]string{
			"MAS 1.22.0":      {`invalid type: found unit, expected a sequence for key "default.clients"`},
			"Synapse 1.163.2": {"No database config provided"},
		},
		Before:  example.MAS("clients:\n  # - client_id: 01HFVBY12TMNTYTBV8W921M5FA\n"),
		After:   example.MAS("clients: []\n"),
		Repairs: "writes [] or {} where that says the same as no key at all",
		Source: []string{
			"https://github.com/element-hq/matrix-authentication-service/issues/2477",
			"https://github.com/element-hq/matrix-authentication-service/issues/5421",
			"https://github.com/element-hq/synapse/issues/19987",
			"element-hq/synapse synapse/config/push_rules.py, repository.py",
		},
		Check: func(d *model.Deployment, report func(diag.Finding)) { checkSectionIsNull(tables, d, report) },
	}
}

func checkSectionIsNull(tables *facts.Formats, d *model.Deployment, report func(diag.Finding)) {
	for _, doc := range d.Documents {
		if !facts.AbsenceIsSure(doc) {
			continue // what a program or a reader puts there is not to be seen
		}
		switch doc.Kind {
		case model.KindMAS:
			checkNullInMAS(tables, doc, report)
		case model.KindSynapse:
			checkNullInSynapse(doc, facts.ImageOf(d, doc), report)
		}
	}
}

func checkNullInMAS(tables *facts.Formats, doc *model.Document, report func(diag.Finding)) {
	for _, k := range tables.Keys(doc) {
		path, f, key := k.Path, k.Field, k.Key
		if f.Value.Kind != model.Null || f.Value.Unknown || key.Type.Accepts(model.Null) {
			continue
		}
		switch {
		case key.Type.Accepts(model.List):
			empty := slices.Contains([]string{"clients", "clients[].redirect_uris", "upstream_oauth2.providers"}, facts.GeneralPath(path))
			reportNull("MAS", path, "[]", f, empty, report)
		case key.Type.Accepts(model.Map):
			reportNull("MAS", path, "{}", f, !key.Required && hasOnlyDefaults(key.Type), report)
		}
	}
}

func checkNullInSynapse(doc *model.Document, image model.Image, report func(diag.Finding)) {
	for _, f := range doc.Root.Fields {
		if f.Value.Kind != model.Null || f.Value.Unknown {
			continue
		}
		version := image.Version()
		switch {
		case f.Key == "database", f.Key == "rc_message",
			f.Key == "experimental_features" && version.AtLeast("1.157.0") && version.Before("1.157.1"),
			f.Key == "push_rules" && version.AtLeast("1.157.2"):
			reportNull("Synapse", f.Key, "{}", f, f.Key != "database", report)
		case f.Key == "media_upload_limits" && version.AtLeast("1.135.0"):
			reportNull("Synapse", f.Key, "[]", f, true, report)
		}
	}
}

// hasOnlyDefaults reports whether an empty map says as little as none: whatever may stand in there has a default.
func hasOnlyDefaults(t *format.Type) bool {
	return !slices.ContainsFunc(t.Arms(), func(arm *format.Type) bool {
		return len(arm.Keys) == 0 || slices.ContainsFunc(arm.Keys, func(key *format.Key) bool { return key.Required })
	})
}

// reportNull reports a key without a value. It can be repaired if the empty list or map says the same as its absence.
func reportNull(product, path, empty string, field model.Field, same bool, report func(diag.Finding)) {
	f := diag.Finding{
		Position: field.Position,
		Message:  fmt.Sprintf("%s does not start: %s has no value", product, path),
		Hint:     "delete the key, or write " + path[strings.LastIndex(path, ".")+1:] + ": " + empty,
	}
	if path == "database" {
		f.Hint = "say which database: name: psycopg2, with args"
	}
	if same {
		f.Fix = diag.Fill(field.Value.Position, empty)
	}
	report(f)
}
