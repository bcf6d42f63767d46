package rules

import (
	"regexp"
	"sync"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// postgresLocale: Synapse refuses a database whose order of letters may change with an update of the C library.
func postgresLocale() lint.Rule {
	return lint.Rule{
		Name:      "postgres-locale-or-encoding",
		Severity:  diag.Error,
		Guide:     lint.GuideWarns,
		Fatal:     true,
		Documents: "compose, synapse, scripts",
		Title:     "Synapse's database gets the wrong locale or encoding",
		Why: "Synapse refuses a database that is not UTF8 with the collation and the character type C. The image of Postgres makes it with " +
			"en_US.utf8, and what is said later does not change a database that exists.",
		Sees: "Database has incorrect collation of 'en_US.utf8'. Should be 'C'; or incorrect encoding: 'SQL_ASCII'",
		Quotes: map[string][]string{
			"Synapse 1.163.2": {"Database has incorrect collation of", "Should be 'C'"},
		},
		Before: example.Synapse("") + example.Compose(example.SynapseService, `  postgres:
    image: docker.io/library/postgres:17.6
    environment:
      POSTGRES_USER: synapse
      POSTGRES_PASSWORD_FILE: /run/secrets/database
`),
		After: example.Synapse("") + example.Compose(example.SynapseService, `  postgres:
    image: docker.io/library/postgres:17.6
    environment:
      POSTGRES_USER: synapse
      POSTGRES_PASSWORD_FILE: /run/secrets/database
      POSTGRES_INITDB_ARGS: --encoding=UTF8 --locale=C
`),
		Source: []string{
			"element-hq/synapse synapse/storage/engines/postgres.py",
			"https://github.com/matrix-org/synapse/issues/6831",
		},
		Check: checkPostgresLocale,
	}
}

// saysLocale matches a statement that chooses a locale.
var saysLocale = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)LC_COLLATE|LOCALE|TEMPLATE|LC_CTYPE|ENCODING`) })

func checkPostgresLocale(d *model.Deployment, report func(diag.Finding)) {
	report = lint.Guessing(report, d.Synapse)
	access := matrix.SynapseDatabase(d)
	server := access.Server(d)
	if server == nil || d.Synapse.At("database", "allow_unsafe_locale").Bool(false) != model.No {
		return
	}
	wanted, known := access.Name.Literal()
	_, first := matrix.FirstDatabase(d, server)
	made, knownToo := first.Literal()
	scripts, visible := matrix.InitScripts(d, server)
	if !known || !knownToo || !visible {
		return
	}
	if statement := matrix.MakingStatement(scripts, "DATABASE", wanted); statement != "" {
		if saysLocale().MatchString(statement) {
			return
		}
	} else if wanted != made {
		return
	}
	effective, known := matrix.InitdbOptions(server)
	if !known {
		return
	}
	if problem := effective.Problem(); problem != "" {
		report(diag.Finding{
			Position: container.EnvironmentPosition(server, "POSTGRES_INITDB_ARGS"),
			Message:  "Synapse does not start with this database: Postgres makes it " + problem,
			Hint:     "set POSTGRES_INITDB_ARGS: --encoding=UTF8 --locale=C before the first start; a database that exists has to be made again",
			Related:  []diag.Related{{Position: access.At, Message: "Synapse's database"}},
		})
	}
}
