package rules

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// initScriptRepeatsImage: what the image of Postgres makes by itself, a script cannot make again.
func initScriptRepeatsImage() lint.Rule {
	return lint.Rule{
		Name:      "init-script-repeats-image",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "compose, scripts",
		Title:     "an init script makes what Postgres has made already",
		Why: "At its first start the image of Postgres makes POSTGRES_USER and POSTGRES_DB, and then runs the scripts. One that makes either again " +
			"stops that start, and the next one runs no scripts at all: what the rest of them was to make is never there.",
		Sees: `ERROR:  database "synapse" already exists, once, and later: database "mas" does not exist`,
		Quotes: map[string][]string{
			"PostgreSQL 15.18": {`ERROR:  database "synapse" already exists`, `database "mas" does not exist`},
		},
		Before: strings.Replace(example.Postgres, "volumes: [", "volumes: [\"./init:/docker-entrypoint-initdb.d:ro\", ", 1) + "-- init/10.sql --\nCREATE DATABASE synapse;\nCREATE DATABASE mas;\n",
		After:  strings.Replace(example.Postgres, "volumes: [", "volumes: [\"./init:/docker-entrypoint-initdb.d:ro\", ", 1) + "-- init/10.sql --\nCREATE DATABASE mas;\n",
		Source: []string{
			"https://github.com/docker-library/postgres/blob/master/docker-entrypoint.sh",
			"https://github.com/docker-library/postgres/issues/432",
		},
		Check: checkInitScripts,
	}
}

func checkInitScripts(d *model.Deployment, report func(diag.Finding)) {
	for _, s := range d.Of("postgres") {
		if !container.IsOfficial(s.Image) || s.Node.Get("build").IsSet() {
			continue
		}
		user, name := matrix.FirstDatabase(d, s)
		for _, doc := range initDocuments(d, s) {
			reportRepeated(doc, s, name, "DATABASE", "the database", report)
			reportRepeated(doc, s, user, "USER|ROLE", "the user", report)
		}
	}
}

// initDocuments returns the scripts that a database server runs at its first start, as far as they are visible and stop at an error: SQL, and
// shell scripts that ask for that.
func initDocuments(d *model.Deployment, s *model.Service) []*model.Document {
	const folder = "/docker-entrypoint-initdb.d"
	var docs []*model.Document
	for _, doc := range d.Documents {
		if doc.Root == nil || doc.Root.Kind != model.String || doc.Template {
			continue
		}
		isStrict := path.Ext(doc.Name) == ".sql" || path.Ext(doc.Name) == ".sh" && strings.Contains(doc.Root.Text, "ON_ERROR_STOP=1") && strings.Contains(doc.Root.Text, "set -e")
		for _, m := range s.Mounts {
			in := m.Document == doc && strings.HasPrefix(m.Target, folder+"/") || m.Type == "bind" && m.Target == folder && path.Dir(doc.Name) == m.Source
			if in && isStrict {
				docs = append(docs, doc)
			}
		}
	}
	return docs
}

// reportRepeated reports a statement that makes what the image has made. A script that looks first, or goes on after an error, is left alone.
func reportRepeated(doc *model.Document, s *model.Service, made *model.Node, statement, what string, report func(diag.Finding)) {
	name, known := made.Literal()
	if !known || name == "" || placeholder.In(name) || regexp.MustCompile(`(?i)EXISTS|EXCEPTION|\\gexec|DROP\s|\|\| *true`).MatchString(doc.Root.Text) {
		return
	}
	repeats := regexp.MustCompile(`(?i)^\s*CREATE\s+(?:` + statement + `)\s+"?` + regexp.QuoteMeta(name) + `"?(?:[\s;]|$)`)
	line := 0
	for text := range strings.Lines(doc.Root.Text) {
		if repeats.MatchString(text) {
			at := doc.Root.Position
			at.Line += line
			at.Column = 1 + len(text) - len(strings.TrimLeft(text, " \t"))
			report(diag.Finding{
				Position: at,
				Message:  fmt.Sprintf("%s stops at its first start, and never runs the rest of this script: its image has made %s %s already", s.Name, what, name),
				Hint:     "delete the statement; a data volume that was made so has to be made anew, or the rest of the script run by hand",
				Related:  []diag.Related{{Position: made.Position, Message: "what the image makes"}},
			})
		}
		line++
	}
}
