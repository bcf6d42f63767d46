package lint

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// databaseSettings: host, user, password and database stand in two files, and the server makes at its first start only what its own says.
func databaseSettings() Rule {
	return Rule{
		Name:      "database-settings-mismatch",
		Severity:  diag.Error,
		Guide:     GuideNever,
		Documents: "mas, synapse, compose, scripts",
		Title:     "a service and its database do not agree",
		Why: "The image of Postgres makes one user with one database when it starts for the first time. A service that asks for another, or by " +
			"another host, does not start.",
		Sees: "password authentication failed; database \"mas\" does not exist; could not translate host name",
		Before: masExample(`database:
  host: postgres
  username: mas
  password_file: /run/secrets/database
  database: mas
`) + composeExample(exampleMASService, `  postgres:
    image: docker.io/library/postgres:17.6
    environment:
      POSTGRES_USER: matrix
      POSTGRES_DB: mas
      POSTGRES_PASSWORD_FILE: /run/secrets/database
`),
		After: masExample("") + composeExample(exampleMASService, `  postgres:
    image: docker.io/library/postgres:17.6
    environment:
      POSTGRES_USER: mas
      POSTGRES_PASSWORD_FILE: /run/secrets/database
`),
		Source: []string{
			"element-hq/synapse synapse/config/database.py",
			"https://github.com/docker-library/docs/blob/master/postgres/README.md",
		},
		Check: checkDatabaseSettings,
	}
}

func checkDatabaseSettings(d *model.Deployment, report func(diag.Finding)) {
	reportEngine(d, report)
	for _, access := range []*databaseAccess{masDatabase(d), synapseDatabase(d)} {
		if access == nil {
			continue
		}
		report := guessing(report, access.config)
		if server := access.server(d); server != nil {
			reportServer(d, access, server, report)
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
	case isSet(name) && !known || engine == "psycopg2":
	case engine == "sqlite3":
		report(diag.Finding{
			Severity: diag.Warning,
			Position: name.Position,
			Message:  "Synapse keeps everything in one SQLite file, which is too slow for more than a few users",
			Hint:     "use a Postgres: name: psycopg2",
		})
	case engine == "" && (isSet(name) || d.Synapse.Partial || !isSet(section.Get("args"))):
	case engine == "":
		if isSet(section.At("args", "host")) {
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
func reportNoServer(d *model.Deployment, a *databaseAccess, report func(diag.Finding)) {
	host, known := a.host.Literal()
	if a.service == nil || !known || host == "" || host[0] == '/' || !isWhole(d, a.service) || hasForeignNetwork(d, a.service) {
		return
	}
	reached, found := find(d, a.service, host)
	f := diag.Finding{Position: a.host.Position, Hint: "name the service of the database here, by a network that both are on"}
	switch {
	case reached == reachNobody && isLoopback(host) && isOwnNetwork(a.service):
		f.Message = fmt.Sprintf("%s does not reach its database: %s is the container of %s itself", a.reader, host, a.service.Name)
	case reached == reachNobody && !isLoopback(host) && len(d.Of("postgres")) > 0:
		f.Message = fmt.Sprintf("%s does not reach its database: no service has the name %s", a.reader, host)
	case reached == reachOtherNetwork:
		f.Message = fmt.Sprintf("%s does not reach its database: %s is on no network of %s", a.reader, host, a.service.Name)
		f.Related = []diag.Related{{Position: found[0].Position, Message: "the database"}}
	default:
		return
	}
	report(f)
}

// hasForeignNetwork says that a service may reach others by names that the compose file does not have.
func hasForeignNetwork(d *model.Deployment, s *model.Service) bool {
	for _, attached := range s.Networks {
		if network, found := d.Networks[attached.Network]; !found && attached.Network != "default" || network.External {
			return true
		}
	}
	return false
}

// reportServer reports what a service asks for and its database server does not make.
func reportServer(d *model.Deployment, a *databaseAccess, server *model.Service, report func(diag.Finding)) {
	user, name := firstDatabase(d, server)
	scripts, visible := initScripts(d, server)
	if !visible {
		return
	}
	otherUser := differs(a.user, user) && makes(scripts, "USER|ROLE", a.user.Text) == ""
	otherName := differs(a.name, name) && makes(scripts, "DATABASE", a.name.Text) == ""
	f := diag.Finding{Related: []diag.Related{{Position: server.Position, Message: "the database server"}}}
	switch {
	case otherName && a.config.Guessed: // the files of another of several deployments, perhaps
		return
	case otherName:
		f.Severity = diag.Warning
		f.Position = a.name.Position
		f.Message = fmt.Sprintf("nothing makes the database %s that %s asks for: %s makes %s", a.name.Text, a.reader, server.Name, name.Text)
		f.Hint = "create it with a script in /docker-entrypoint-initdb.d, or by hand before the first start"
	case otherUser:
		f.Position = a.user.Position
		f.Message = fmt.Sprintf("the database refuses %s: it logs in as %s, and %s makes the user %s", a.reader, a.user.Text, server.Name, user.Text)
		f.Hint = "write the same user in both"
	case user != nil && !differs(a.user, user) && differs(a.password, server.Env("POSTGRES_PASSWORD")):
		f.Position = a.password.Position
		f.Message = fmt.Sprintf("the database refuses %s: its password is not that of %s", a.reader, server.Name)
		f.Hint = "take both from the same secret"
		f.Related = []diag.Related{{Position: server.Env("POSTGRES_PASSWORD").Position, Message: "the other password"}}
	default:
		return
	}
	report(f)
}

// differs says that both values are known and not the same.
func differs(a, b *model.Node) bool { return model.Compare(a, b) == model.Different }
