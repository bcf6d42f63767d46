package lint

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
)

// sectionIsNull: a section of which only the head is left is not empty for MAS and Synapse, but wrong.
func sectionIsNull(tables *formats) Rule {
	return Rule{
		Name:      "section-is-null",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "mas, synapse",
		Title:     "a section without content",
		Why: "A key with nothing but comments below it has the value null. MAS wants a list or a map there, and does not start; Synapse " +
			"does not start without a database or with rate limits that are null.",
		Sees:   `invalid type: found unit, expected a sequence for key "default.clients"; No database config provided`,
		Before: masExample("clients:\n  # - client_id: 01HFVBY12TMNTYTBV8W921M5FA\n"),
		After:  masExample("clients: []\n"),
		Source: []string{
			"https://github.com/element-hq/matrix-authentication-service/issues/2477",
			"https://github.com/element-hq/matrix-authentication-service/issues/5421",
			"https://github.com/element-hq/synapse/issues/19987",
		},
		Check: func(d *model.Deployment, report func(diag.Finding)) {
			for _, doc := range d.Documents {
				if !absenceIsSure(doc) {
					continue // what a program or a reader puts there is not to be seen
				}
				switch doc.Kind {
				case model.KindMAS:
					checkNullInMAS(tables, doc, report)
				case model.KindSynapse:
					checkNullInSynapse(doc, imageOf(d, doc), report)
				}
			}
		},
	}
}

func checkNullInMAS(tables *formats, doc *model.Document, report func(diag.Finding)) {
	format.Walk(tables.of(doc), doc.Root, func(path string, f model.Field, key *format.Key) {
		if f.Value.Kind != model.Null || f.Value.Unknown || key.Type.Accepts(model.Null) {
			return
		}
		switch {
		case key.Type.Accepts(model.List):
			reportNull("MAS", path, "[]", f.Position, report)
		case key.Type.Accepts(model.Map):
			reportNull("MAS", path, "{}", f.Position, report)
		}
	})
}

func checkNullInSynapse(doc *model.Document, image model.Image, report func(diag.Finding)) {
	for _, f := range doc.Root.Fields {
		if f.Value.Kind != model.Null || f.Value.Unknown {
			continue
		}
		version := image.Version()
		switch {
		case f.Key == "database", f.Key == "rc_message",
			f.Key == "experimental_features" && version.AtLeast("1.157.0") && version.Before("1.157.1"):
			reportNull("Synapse", f.Key, "{}", f.Position, report)
		}
	}
}

func reportNull(product, path, empty string, at diag.Position, report func(diag.Finding)) {
	f := diag.Finding{
		Position: at,
		Message:  fmt.Sprintf("%s does not start: %s has no value", product, path),
		Hint:     "delete the key, or write " + path[strings.LastIndex(path, ".")+1:] + ": " + empty,
	}
	if path == "database" {
		f.Hint = "say which database: name: psycopg2, with args"
	}
	report(f)
}
