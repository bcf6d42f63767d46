package rules

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// migrationBlocked: syn2mas looks at both configurations first, and refuses what it could not take over.
func migrationBlocked() lint.Rule {
	return lint.Rule{
		Name:      "migration-blocked",
		Severity:  diag.Error,
		Guide:     lint.GuideWarns,
		Documents: "mas, synapse (old file)",
		Title:     "syn2mas refuses to migrate with these settings",
		Why: "syn2mas takes over passwords as they are, which MAS then has to know how to read: its first scheme has to be Synapse's, even " +
			"if nobody has a password. It does not know guests, and no SQLite.",
		Sees: "MAS config is missing a password hashing scheme with version '1'",
		Quotes: map[string][]string{
			"MAS 1.22.0": {"MAS config is missing a password hashing scheme with version '1'"},
		},
		Before: example.Migration("      synapse_idp_id: oidc-sso\n", example.Passwords),
		After:  example.Migration("      synapse_idp_id: oidc-sso\n", example.Bcrypt),
		Source: []string{
			"element-hq/matrix-authentication-service crates/syn2mas/src/synapse_reader/checks.rs",
			"https://element-hq.github.io/matrix-authentication-service/setup/migration.html",
		},
		Check: checkMigrationBlocked,
	}
}

func checkMigrationBlocked(d *model.Deployment, report func(diag.Finding)) {
	old := matrix.OldSynapse(d)
	report = lint.OnceMigrated(d, report)
	if old == nil || d.MAS == nil {
		return
	}
	if problem, at := schemeProblem(d, old); problem != "" {
		report(diag.Finding{
			Position: at,
			Message:  "syn2mas takes nobody over: " + problem,
			Hint:     "write passwords.schemes with {version: 1, algorithm: bcrypt, unicode_normalization: true} and {version: 2, algorithm: argon2id}",
		})
	}
	if database := old.At("database", "name"); database.Is("sqlite3") {
		report(diag.Finding{
			Position: database.Position,
			Message:  "syn2mas takes nobody over: it does not read SQLite",
			Hint:     "move Synapse to Postgres first, with synapse_port_db",
		})
	}
	for _, path := range [][]string{{"allow_guest_access"}, {"enable_3pid_changes"}, {"login_via_existing_session", "enabled"}} {
		if node := old.At(path...); node.True() {
			report(diag.Finding{
				Position: node.Position,
				Message:  "syn2mas takes nobody over as long as this is on: MAS has nothing like it",
				Hint:     "switch it off before the migration",
			})
		}
	}
}

// schemeProblem says what keeps MAS from reading Synapse's passwords, and where.
func schemeProblem(d *model.Deployment, old *model.Node) (string, diag.Position) {
	at := d.MAS.Nearest("passwords", "schemes")
	schemes := d.MAS.At("passwords", "schemes")
	switch {
	case schemes != nil && schemes.Unknown, d.MAS.Lacks("passwords", "schemes") == model.CannotTell:
		return "", at
	case !schemes.IsSet():
		return "its first password scheme is argon2id if none is given, and has to be bcrypt", at
	}
	for _, scheme := range matrix.MASItems(d, "passwords", "schemes") {
		version, known := scheme.Get("version").Literal()
		if !known || version != "1" {
			continue
		}
		at = scheme.Position
		pepper := old.At("password_config", "pepper")
		switch algorithm, known := scheme.Get("algorithm").Literal(); {
		case known && algorithm != "bcrypt":
			return "the password scheme with version 1 has to be bcrypt", at
		case !scheme.Get("unicode_normalization").IsSet() || scheme.Get("unicode_normalization").False():
			return "the password scheme with version 1 has to have unicode_normalization: true", at
		case pepper.IsSet() && !pepper.Is("") && !scheme.Get("secret").IsSet() && !scheme.Get("secret_file").IsSet():
			return "the password scheme with version 1 has to have Synapse's pepper as its secret", at
		}
		return "", at
	}
	if d.MAS.Partial || len(matrix.MASItems(d, "passwords", "schemes")) != len(schemes.Items) {
		return "", at
	}
	return "no password scheme of MAS has version 1", at
}
