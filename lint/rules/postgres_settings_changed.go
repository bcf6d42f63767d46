package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// postgresSettingsChanged: the image reads these variables when it makes a database, and never again.
func postgresSettingsChanged() lint.Rule {
	const changed = `-- compose.yaml --
services:
  postgres:
    image: docker.io/library/postgres:17.6
    environment:
      POSTGRES_USER: synapse
      POSTGRES_PASSWORD_FILE: /run/secrets/database
      POSTGRES_INITDB_ARGS: --encoding=UTF8 --locale=en_US.utf8
    volumes: [database:/var/lib/postgresql/data]
volumes:
  database: {}
`
	return lint.Rule{
		Name:      "postgres-settings-changed",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Fatal:     true,
		Documents: "compose; against an earlier revision",
		Title:     "a setting for new databases changes under an old one",
		Why: "The image reads user, database, password and locale only when the folder of the data is empty. A database that exists keeps what it was " +
			"made with, and whoever believes the file is mistaken: the service cannot log in, or the next database is not like this one.",
		Sees: "password authentication failed for user …; database \"…\" does not exist; or nothing, until the database is made again",
		Quotes: map[string][]string{
			"PostgreSQL 15.18": {"password authentication failed for user", "database \"…\" does not exist"},
		},
		Earlier:     example.Postgres,
		Before:      changed,
		After:       example.Postgres,
		Source:      []string{"https://github.com/docker-library/docs/blob/master/postgres/README.md"},
		CheckChange: checkPostgresSettingsChanged,
	}
}

func checkPostgresSettingsChanged(before, after *model.Deployment, report func(diag.Finding)) {
	for _, new := range after.Of("postgres") {
		if old := before.Service(new.Name); old != nil && old.Product == "postgres" && container.SameData(before, after, old, new) {
			checkPostgresSettings(old, new, report)
		}
	}
}

// checkPostgresSettings compares what a database was made with. Another locale is an error: it comes with the data alone.
func checkPostgresSettings(old, new *model.Service, report func(diag.Finding)) {
	for _, name := range []string{"POSTGRES_DB", "POSTGRES_USER", "POSTGRES_PASSWORD"} {
		from, to, changed := lint.Replaced(old.Env(name), new.Env(name))
		if !changed {
			continue
		}
		f := diag.Finding{
			Severity: diag.Warning, Position: container.EnvironmentPosition(new, name), Subject: new.Name + " " + name,
			Message: fmt.Sprintf("%s of %s changes from %s to %s, and the database that exists keeps the old one", name, new.Name, from, to),
			Hint:    "change it in the database, too (ALTER ROLE, ALTER DATABASE)",
		}
		if name == "POSTGRES_PASSWORD" {
			f.Message, f.Secret = fmt.Sprintf("%s of %s changes, and the database that exists keeps the old one", name, new.Name), true
		}
		report(f)
	}
	from, known := matrix.InitdbOptions(old)
	to, knownToo := matrix.InitdbOptions(new)
	if known && knownToo && from != to {
		report(diag.Finding{
			Position: container.EnvironmentPosition(new, "POSTGRES_INITDB_ARGS"), Subject: new.Name + " POSTGRES_INITDB_ARGS",
			Message: fmt.Sprintf("locale and encoding of %s change for new databases, and the one that exists keeps its own", new.Name),
			Hint:    "leave it; or dump the data, make the database anew, and restore",
			Related: []diag.Related{{Position: container.EnvironmentPosition(old, "POSTGRES_INITDB_ARGS"), Message: "before"}},
		})
	}
}
