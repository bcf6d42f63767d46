package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// databaseMoved: another address is another database, and nobody but the operator takes the tables there.
func databaseMoved() lint.Rule {
	const host = "  host: db.example.org\n"
	accounts := func(host string) string {
		return example.MAS(strings.Replace(example.Database, "  host: postgres\n", host, 1))
	}
	return lint.Rule{
		Name:      "database-moved",
		Severity:  diag.Warning,
		Guide:     lint.GuideNever,
		Documents: "synapse, mas, compose; against an earlier revision",
		Title:     "a product looks for its database on another server",
		Why: "Nothing copies the tables. On an empty database MAS and Synapse make theirs anew and start: without accounts and rooms, under the old name and with the old " +
			"keys. On one that is copied while they run, what came in between is missing.",
		Sees:    "nobody can sign in, and rooms are gone; or the last hour is",
		Earlier: accounts(host),
		Before:  accounts("  host: db2.example.org\n"),
		After:   accounts(host + "  port: 5433\n"),
		Source: []string{
			"https://www.postgresql.org/docs/current/backup-dump.html",
			"element-hq/synapse docs/postgres.md",
			"element-hq/matrix-authentication-service crates/cli/src/commands/server.rs",
			"pocket-id/pocket-id backend/internal/common/env_config.go",
		},
		CheckChange: checkDatabaseMoved,
	}
}

func checkDatabaseMoved(before, after *model.Deployment, report func(diag.Finding)) {
	if before.InCluster() != after.InCluster() {
		return // all of the server moves
	}
	reportMovedDatabase(before, after, matrix.SynapseDatabase(before), matrix.SynapseDatabase(after), report)
	reportMovedDatabase(before, after, matrix.MASDatabase(before), matrix.MASDatabase(after), report)
	reportMovedDatabase(before, after, matrix.PocketIDDatabase(before), matrix.PocketIDDatabase(after), report)
	reportPocketIDOnPostgres(before, after, report)
}

// reportPocketIDOnPostgres reports a Pocket ID that had its data in a file of its own, and is told a Postgres.
func reportPocketIDOnPostgres(before, after *model.Deployment, report func(diag.Finding)) {
	old, new := before.Of("pocket-id"), matrix.PocketIDDatabase(after)
	if len(old) != 1 || new == nil || container.LacksVariable(before, old[0], "DB_CONNECTION_STRING") != model.Yes || old[0].Image.Version().Known() && old[0].Image.Version().Major() < 2 {
		return // before version 2, another variable said it
	}
	host, known := new.Host.Literal()
	if !known {
		return
	}
	report(diag.Finding{
		Position: new.At, Subject: "pocket id " + host,
		Message: fmt.Sprintf("Pocket ID looks for its users and passkeys in the Postgres at %s, and no longer in its file: without a copy there it begins anew, and whoever opens /setup first becomes its administrator", host),
		Hint:    "pocket-id export before this is deployed, and pocket-id import --yes after, while it stands still; then start it",
		Related: []diag.Related{{Position: old[0].Position, Message: "here it had a file"}},
	})
}

// reportMovedDatabase reports another server, if one of the two is none of the deployment, or another database on a server that is none of it. A server of
// the deployment that goes is told by the rule on its data.
func reportMovedDatabase(before, after *model.Deployment, old, new *matrix.DatabaseAccess, report func(diag.Finding)) {
	if old == nil || new == nil {
		return
	}
	oldServer, newServer := serviceOf(before, old), serviceOf(after, new)
	if oldServer != nil && (newServer != nil || after.Service(oldServer.Name) == nil) {
		return
	}
	reader := strings.ToLower(new.Reader)
	order := "stop " + new.Reader + ", pg_dump the old database, pg_restore --no-owner into the new one, deploy, and keep the old one until somebody has looked"
	if from, to, moved := lint.Replaced(old.Host, new.Host); moved && !sameMachine(from, to) {
		f := diag.Finding{
			Position: new.Host.Position, Subject: reader + " " + to, Related: lint.Was(old.Host, from),
			Message: fmt.Sprintf("%s looks for its database at %s, and not at %s: without a copy of it there, it begins anew", new.Reader, to, from),
			Hint:    "if that is the same server under another name, nothing is to be done; else " + order,
		}
		if newServer != nil {
			f.Message = fmt.Sprintf("%s looks for its database in the service %s, and not at %s: without a copy of it there, it begins anew", new.Reader, newServer.Name, from)
			f.Hint = fmt.Sprintf("start %s alone first; then %s", newServer.Name, order)
		}
		if new.Reader == "Synapse" {
			f.Hint += "; Synapse's is made with the encoding UTF8 and the locale C"
		}
		report(f)
		return
	}
	if from, to, renamed := lint.Replaced(old.Name, new.Name); renamed && oldServer == nil && newServer == nil && old.Name != old.User && new.Name != new.User {
		report(diag.Finding{
			Position: new.Name.Position, Subject: reader + " " + to, Related: lint.Was(old.Name, from),
			Message: fmt.Sprintf("%s looks for the database %s, and not for %s: unless it was renamed, or copied, it begins anew", new.Reader, to, from),
			Hint:    fmt.Sprintf("stop it, and say ALTER DATABASE %q RENAME TO %q before it is deployed", from, to),
		})
	}
}

// serviceOf returns the service of a deployment that a host is a name of, whatever runs in it, or nil.
func serviceOf(d *model.Deployment, a *matrix.DatabaseAccess) *model.Service {
	host, _ := a.Host.Literal()
	for _, s := range d.Services {
		if slices.Contains(container.NamesOf(s), host) || container.HasAlias(s, host) {
			return s
		}
	}
	return nil
}

// sameMachine reports whether two hosts are names of one machine: that of the containers, or one name with or without its dot.
func sameMachine(a, b string) bool {
	own := []string{"localhost", "127.0.0.1", "::1", "host.docker.internal", "172.17.0.1"}
	isOwn := func(host string) bool { return slices.Contains(own, host) || strings.HasPrefix(host, "/") }
	return isOwn(a) && isOwn(b) || strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}
