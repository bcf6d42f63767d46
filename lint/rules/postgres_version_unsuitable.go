package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/upstream"
	"github.com/matrixgen/matrixgen/lint"
)

// postgresVersion: Postgres that is too old for Synapse, or too new for where its data are mounted.
func postgresVersion() lint.Rule {
	return lint.Rule{
		Name:      "postgres-version-unsuitable",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "compose, synapse",
		Title:     "this version of Postgres does not work here",
		Why: "Synapse does not start with a Postgres that is older than it asks for: 14 since 1.143, 13 since 1.122. The image of Postgres 18 keeps its data one folder further down, and stops when " +
			"something is mounted at the old place.",
		Sees: "Synapse requires PostgreSQL 14 or above.; or a database container that exits with 1",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"Synapse requires PostgreSQL 14 or above."},
		},
		Before: `-- compose.yaml --
services:
  postgres:
    image: docker.io/library/postgres:18.1
    environment:
      POSTGRES_PASSWORD_FILE: /run/secrets/database
    volumes:
      - database:/var/lib/postgresql/data
volumes:
  database:
`,
		After: `-- compose.yaml --
services:
  postgres:
    image: docker.io/library/postgres:18.1
    environment:
      POSTGRES_PASSWORD_FILE: /run/secrets/database
    volumes:
      - database:/var/lib/postgresql
volumes:
  database:
`,
		Versions: "Synapse refuses Postgres 13 since 1.143.0, and 12 since 1.122.0",
		Source: []string{
			"https://github.com/docker-library/postgres/pull/1259",
			"https://github.com/docker-library/postgres/issues/1370",
			"element-hq/synapse docs/upgrade.md",
		},
		Check: checkPostgresVersion,
	}
}

func checkPostgresVersion(d *model.Deployment, report func(diag.Finding)) {
	for _, s := range d.Of("postgres") {
		if s.Foreign {
			continue
		}
		if s.Node.Get("build").IsSet() || s.Image.Base() != "postgres" || !s.Image.Known {
			continue
		}
		version := s.Image.Version()
		switch {
		case version.AtLeast("18") || version.Known() && version.Major() >= 18 || isNewestPostgres(s.Image):
			reportOldDataFolder(d, s, report)
		case version.Known():
			reportOldPostgres(d, s, lint.Guessing(report, d.Synapse))
		}
	}
}

// isNewestPostgres says that the image is the newest release: latest, or a tag that names a system alone.
func isNewestPostgres(image model.Image) bool {
	return image.Digest == "" && slices.Contains([]string{"", "latest", "alpine", "trixie", "bookworm"}, image.Tag)
}

func reportOldDataFolder(d *model.Deployment, s *model.Service, report func(diag.Finding)) {
	if container.LacksVariable(d, s, "PGDATA") != model.Yes || !container.IsOfficial(s.Image) || s.Node.Get("entrypoint").IsSet() {
		return
	}
	for _, m := range s.Mounts {
		if m.Target == "/var/lib/postgresql/data" {
			report(diag.Finding{
				Position: m.Position,
				Message:  "Postgres does not start: since version 18 its image stops when something is mounted at /var/lib/postgresql/data",
				Hint:     "mount it at /var/lib/postgresql, and pin the major version",
				Related:  []diag.Related{{Position: s.Image.Position, Message: "the image"}},
			})
			return
		}
	}
}

// reportOldPostgres reports a Postgres that is older than what the Synapse that uses it asks for; if that does not say its version, than what the newest
// asks for.
func reportOldPostgres(d *model.Deployment, s *model.Service, report func(diag.Finding)) {
	if matrix.SynapseDatabase(d).Server(d) != s {
		return
	}
	product, err := upstream.Of("synapse")
	if err != nil {
		return // that the facts can be read is tested where they are
	}
	synapse := d.Synapse.Version()
	minimum, since := product.Asks(synapse, "postgres")
	if minimum.Met(s.Image.Version()) != model.No {
		return
	}
	f := diag.Finding{
		Position: s.Image.Position,
		Message: fmt.Sprintf("Synapse does not start with Postgres %d: since %s it needs %s or newer", s.Image.Version().Major(),
			strings.TrimSuffix(since.Version, ".0"), minimum.Version),
		Hint:    "dump the database and restore it into a newer version: its files cannot be taken along",
		Related: []diag.Related{{Position: d.Synapse.Nearest("database", "args", "host"), Message: "Synapse's database"}},
	}
	if !synapse.Known() {
		f.Severity = diag.Warning
	}
	report(f)
}
