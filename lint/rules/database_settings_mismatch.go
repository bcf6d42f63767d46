package rules

import (
	"fmt"
	"slices"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// databaseSettings: host, user, password and database stand in two files, and the server makes at its first start only what its own says.
func databaseSettings() lint.Rule {
	return lint.Rule{
		Name:      "database-settings-mismatch",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "mas, synapse, compose, scripts, passfile",
		Title:     "a service and its database do not agree",
		Why: "The image of Postgres makes one user with one database when it starts for the first time. A service that asks for another, or by " +
			"another host, does not start.",
		Sees: "password authentication failed; fe_sendauth: no password supplied; database \"…\" does not exist; could not translate host name",
		Quotes: map[string][]string{
			"PostgreSQL 15.18": {"password authentication failed", "fe_sendauth: no password supplied", `database "…" does not exist`},
		},
		Before: example.MAS(`database:
  host: postgres
  username: mas
  password_file: /run/secrets/database
  database: mas
`) + example.Compose(example.MASService, `  postgres:
    image: docker.io/library/postgres:17.6
    environment:
      POSTGRES_USER: matrix
      POSTGRES_DB: mas
      POSTGRES_PASSWORD_FILE: /run/secrets/database
`),
		After: example.MAS("") + example.Compose(example.MASService, `  postgres:
    image: docker.io/library/postgres:17.6
    environment:
      POSTGRES_USER: mas
      POSTGRES_PASSWORD_FILE: /run/secrets/database
`),
		Source: []string{
			"element-hq/synapse synapse/config/database.py",
			"https://www.postgresql.org/docs/current/libpq-pgpass.html",
			"https://github.com/docker-library/docs/blob/master/postgres/README.md",
		},
		Check: checkDatabaseSettings,
	}
}

func checkDatabaseSettings(d *model.Deployment, report func(diag.Finding)) {
	reportEngine(d, report)
	for _, access := range []*matrix.DatabaseAccess{matrix.MASDatabase(d), matrix.SynapseDatabase(d), matrix.PocketIDDatabase(d)} {
		if access == nil {
			continue
		}
		report := lint.Guessing(report, access.Config)
		if server := access.Server(d); server != nil {
			reportServer(d, access, server, report)
			reportPassfile(d, access, server, report)
		} else {
			reportNoServer(d, access, report)
		}
	}
}

// reportEngine reports a database of Synapse that is no Postgres.
func reportEngine(d *model.Deployment, report func(diag.Finding)) {
	section := d.Synapse.At("database")
	if section == nil || section.Unknown || section.Kind != model.Map {
		return
	}
	name := section.Get("name")
	engine, known := name.Literal()
	switch {
	case name.IsSet() && !known || engine == "psycopg2":
	case engine == "sqlite3":
		report(diag.Finding{
			Severity: diag.Warning,
			Position: name.Position,
			Message:  "Synapse keeps everything in one SQLite file, which is too slow for more than a few users",
			Hint:     "use a Postgres: name: psycopg2",
		})
	case engine == "" && (name.IsSet() || d.Synapse.Partial || !section.Get("args").IsSet()):
	case engine == "":
		if section.At("args", "host").IsSet() {
			report(diag.Finding{
				Position: d.Synapse.Nearest("database", "name"),
				Message:  "Synapse ignores these settings of a Postgres: without database.name it uses SQLite",
				Hint:     "add name: psycopg2",
			})
		}
	default:
		report(diag.Finding{
			Position: name.Position,
			Message:  fmt.Sprintf("Synapse does not start: it knows the databases psycopg2 and sqlite3, and not %s", engine),
			Hint:     "write psycopg2 for a Postgres",
		})
	}
}

// reportNoServer reports a host that no service of the network has.
func reportNoServer(d *model.Deployment, a *matrix.DatabaseAccess, report func(diag.Finding)) {
	host, known := a.Host.Literal()
	if a.Service == nil || !known || host == "" || host[0] == '/' || !container.IsWhole(d, a.Service) {
		return
	}
	reached, found := container.Answering(d, a.Service, host)
	f := diag.Finding{Position: a.Host.Position, Hint: "name the service of the database here, by a network that both are on"}
	switch {
	case container.HasForeignNetwork(d, a.Service):
		server := meantServer(d, a)
		if reached != container.ReachNobody || matrix.IsLoopback(host) || server == nil {
			return
		}
		f.Severity = diag.Warning // something of that name may be on the other network
		f.Message = fmt.Sprintf("%s looks for its database at %s, and no service here has the name; %s makes the one that it asks for", a.Reader, host, server.Name)
		f.Hint = "name " + server.Name + " here, or a name that it has on the network"
		f.Related = []diag.Related{{Position: server.Position, Message: "the database"}}
	case reached == container.ReachNobody && matrix.IsLoopback(host) && container.IsOwnNetwork(a.Service):
		f.Message = fmt.Sprintf("%s does not reach its database: %s is the container of %s itself", a.Reader, host, a.Service.Name)
	case reached == container.ReachNobody && !matrix.IsLoopback(host) && len(d.Of("postgres")) > 0:
		f.Message = fmt.Sprintf("%s does not reach its database: %s", a.Reader, container.NoName(d, host))
	case reached == container.ReachOtherNetwork:
		f.Message = fmt.Sprintf("%s does not reach its database: %s is on no network of %s", a.Reader, host, a.Service.Name)
		f.Related = []diag.Related{{Position: found[0].Position, Message: "the database"}}
	default:
		return
	}
	report(f)
}

// meantServer returns the one server within reach that a service waits for, and that makes the database which it asks for, or nil.
func meantServer(d *model.Deployment, a *matrix.DatabaseAccess) *model.Service {
	var found []*model.Service
	for _, s := range d.Of("postgres") {
		_, name := matrix.FirstDatabase(d, s)
		reached, _ := container.Answering(d, a.Service, s.Name)
		if waitsFor(a.Service, s) && reached == container.ReachService && a.Name != nil && name != nil && !facts.Differ(a.Name, name) && a.Name.Text == name.Text {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

func waitsFor(s, other *model.Service) bool {
	needs := s.Node.Get("depends_on")
	return needs.Field(other.Name) != nil || slices.ContainsFunc(s.Node.ItemsAt("depends_on"), func(n *model.Node) bool { return n.Is(other.Name) })
}

// reportServer reports what a service asks for and its database server does not make.
func reportServer(d *model.Deployment, a *matrix.DatabaseAccess, server *model.Service, report func(diag.Finding)) {
	user, name := matrix.FirstDatabase(d, server)
	scripts, visible := matrix.InitScripts(d, server)
	if !visible {
		return
	}
	otherUser := facts.Differ(a.User, user) && matrix.MakingStatement(scripts, "USER|ROLE", a.User.Text) == ""
	otherName := facts.Differ(a.Name, name) && matrix.MakingStatement(scripts, "DATABASE", a.Name.Text) == ""
	f := diag.Finding{Related: []diag.Related{{Position: server.Position, Message: "the database server"}}}
	switch {
	case otherName && a.Config.Guessed: // the files of another of several deployments, perhaps
		return
	case otherName:
		f.Severity = diag.Warning
		f.Position = a.Name.Position
		f.Message = fmt.Sprintf("nothing makes the database %s that %s asks for: %s makes %s", a.Name.Text, a.Reader, server.Name, name.Text)
		f.Hint = "create it with a script in /docker-entrypoint-initdb.d, or by hand before the first start"
	case otherUser:
		f.Position = a.User.Position
		f.Message = fmt.Sprintf("the database refuses %s: it logs in as %s, and %s makes the user %s", a.Reader, a.User.Text, server.Name, user.Text)
		f.Hint = "write the same user in both"
	case user != nil && !facts.Differ(a.User, user) && facts.Differ(a.Password, server.Env("POSTGRES_PASSWORD")):
		f.Position = a.Password.Position
		f.Message = fmt.Sprintf("the database refuses %s: its password is not that of %s", a.Reader, server.Name)
		f.Hint = "take both from the same secret"
		f.Related = []diag.Related{{Position: server.Env("POSTGRES_PASSWORD").Position, Message: "the other password"}}
	default:
		return
	}
	report(f)
}
