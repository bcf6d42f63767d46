package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// postgresMajorJump: the files of a database are of one major version.
func postgresMajorJump() lint.Rule {
	return lint.Rule{
		Name:      "postgres-major-jump",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Fatal:     true,
		Documents: "compose; against an earlier revision",
		Title:     "another major version of Postgres on the same data",
		Why: "Postgres does not start with the files of another major version: Synapse and MAS are down until the old image is back, or the data " +
			"was dumped with the old version and restored with the new one.",
		Sees: "FATAL: database files are incompatible with server; with 18 or newer: Error: in 18+, these Docker images are configured to store database data in a format …",
		Quotes: map[string][]string{
			"PostgreSQL 15.18": {"database files are incompatible with server"},
		},
		Earlier: example.Postgres,
		Before: `-- compose.yaml --
services:
  postgres:
    image: docker.io/library/postgres:18.1
    environment:
      POSTGRES_USER: synapse
      POSTGRES_PASSWORD_FILE: /run/secrets/database
      POSTGRES_INITDB_ARGS: --encoding=UTF8 --locale=C
    volumes: [database:/var/lib/postgresql]
volumes:
  database: {}
`,
		After: `-- compose.yaml --
services:
  postgres:
    image: docker.io/library/postgres:17.7
    environment:
      POSTGRES_USER: synapse
      POSTGRES_PASSWORD_FILE: /run/secrets/database
      POSTGRES_INITDB_ARGS: --encoding=UTF8 --locale=C
    volumes: [database:/var/lib/postgresql/data]
volumes:
  database: {}
`,
		Source: []string{
			"https://www.postgresql.org/docs/current/upgrading.html",
			"docker-library/postgres docker-entrypoint.sh",
		},
		CheckChange: checkPostgresMajorJump,
	}
}

func checkPostgresMajorJump(before, after *model.Deployment, report func(diag.Finding)) {
	for _, new := range after.Of("postgres") {
		old := before.Service(new.Name)
		if old == nil || old.Product != "postgres" || !old.Image.Version().Known() || !container.SameData(before, after, old, new) {
			continue
		}
		from, to := old.Image.Version(), new.Image.Version()
		f := diag.Finding{
			Position: new.Image.Position,
			Related:  []diag.Related{{Position: old.Image.Position, Message: fmt.Sprintf("before, it was Postgres %d", from.Major())}},
		}
		switch {
		case to.Known() && to.Major() != from.Major():
			f.Subject = fmt.Sprintf("%s %d", new.Name, to.Major())
			f.Message = fmt.Sprintf("%s does not start: Postgres %d cannot read the data of Postgres %d in the same volume", new.Name, to.Major(), from.Major())
			f.Hint = fmt.Sprintf("stay with %d; or dump with it, restore into a new volume, and name that one", from.Major())
			report(f)
		case new.Image.Floating():
			f.Severity, f.Subject = diag.Warning, new.Name+" "+new.Image.Tag
			f.Message = fmt.Sprintf("the tag of %s moves on to other major versions, which cannot read the data of Postgres %d", new.Name, from.Major())
			f.Hint = fmt.Sprintf("name the version: %d", from.Major())
			report(f)
		}
	}
}
