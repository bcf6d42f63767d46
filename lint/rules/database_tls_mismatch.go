package rules

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// databaseTLSMismatch: the image of Postgres speaks no TLS until somebody gives it a certificate.
func databaseTLSMismatch() lint.Rule {
	return lint.Rule{
		Name:      "database-tls-mismatch",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "mas, synapse, compose",
		Title:     "a service wants TLS, and its database has none",
		Why: "The image of Postgres starts without TLS, since it has no certificate. A service that requires TLS does not connect to it, and so " +
			"does not start.",
		Sees: "server does not support SSL, but SSL was required, in the log of Synapse",
		Quotes: map[string][]string{
			"PostgreSQL 15.18": {"server does not support SSL, but SSL was required"},
		},
		Before: example.MAS(strings.Replace(example.Database, "  database: mas\n", "  database: mas\n  ssl_mode: require\n", 1)) + databaseOfMAS(),
		After:  example.MAS(strings.Replace(example.Database, "  database: mas\n", "  database: mas\n  ssl_mode: prefer\n", 1)) + databaseOfMAS(),
		Source: []string{
			"https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-SSL",
			"https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-SSLMODE-STATEMENTS",
			"https://github.com/docker-library/docs/blob/master/postgres/README.md",
		},
		Check: checkDatabaseTLS,
	}
}

func databaseOfMAS() string {
	return example.Compose(example.MASService, `  postgres:
    image: docker.io/library/postgres:17.6
    environment:
      POSTGRES_USER: mas
      POSTGRES_PASSWORD_FILE: /run/secrets/database
`)
}

func checkDatabaseTLS(d *model.Deployment, report func(diag.Finding)) {
	for _, access := range []*matrix.DatabaseAccess{matrix.MASDatabase(d), matrix.SynapseDatabase(d), matrix.PocketIDDatabase(d)} {
		server := access.Server(d)
		if server == nil {
			continue
		}
		mode, known := access.TLS.Literal()
		if !known || !slices.Contains([]string{"require", "verify-ca", "verify-full"}, mode) || speaksTLS(d, server) != model.No {
			continue
		}
		lint.Guessing(report, access.Config)(diag.Finding{
			Position: access.TLS.Position,
			Message:  fmt.Sprintf("%s does not reach its database: it wants TLS (%s), and %s has none", access.Reader, mode, server.Name),
			Hint:     "write prefer for a database on a network of your own, or start Postgres with ssl=on and a certificate",
			Related:  []diag.Related{{Position: server.Position, Message: "the database, without ssl=on"}},
		})
	}
}

// speaksTLS answers whether a Postgres has TLS: by its command, a file of settings, or a script at its first start.
func speaksTLS(d *model.Deployment, s *model.Service) model.Answer {
	words, known := container.ShellWords(s.Node.Get("command"))
	if !known || !container.RunsImage(s) || !container.IsOfficial(s.Image) || !container.MountsKnown(d, s) {
		return model.CannotTell
	}
	if strings.Contains(strings.Join(words, " "), "ssl") || slices.ContainsFunc(words, func(word string) bool { return strings.Contains(word, "config_file") }) {
		return model.CannotTell
	}
	for _, m := range s.Mounts {
		if strings.HasSuffix(m.Target, ".conf") || m.Type == "config" {
			return model.CannotTell
		}
		if !strings.HasPrefix(m.Target, "/docker-entrypoint-initdb.d") {
			continue
		}
		visible := false
		for _, doc := range d.Documents {
			if doc != m.Document && (m.Type != "bind" || path.Dir(doc.Name) != m.Source) || doc.Root == nil {
				continue
			}
			visible = true
			if strings.Contains(doc.Root.Text, "ssl") {
				return model.CannotTell
			}
		}
		if !visible {
			return model.CannotTell
		}
	}
	return model.No
}
