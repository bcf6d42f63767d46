package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
)

// imageDowngraded: a newer version changes the database, and an older one does not change it back.
func imageDowngraded() lint.Rule {
	const compose = "-- compose.yaml --\nservices:\n  synapse:\n    image: ghcr.io/element-hq/synapse:%s\n    volumes: [data:/data]\nvolumes:\n  data: {}\n"
	return lint.Rule{
		Name:      "image-downgraded",
		Severity:  diag.Warning,
		Guide:     lint.GuideNever,
		Documents: "compose; against an earlier revision",
		Title:     "an older version than the one that used the database",
		Why: "Synapse, MAS and Pocket ID change their database when a newer version starts. An older Synapse starts one or two releases back, beyond " +
			"that it refuses; Pocket ID refuses at once, and MAS starts with a warning and fails where it meets what it does not know.",
		Sees: "Cannot use this database as it is too new for the server to understand; or: downgrades are not allowed (set ALLOW_DOWNGRADE=true to enable)",
		Quotes: map[string][]string{
			"Pocket ID 2.14.0": {"downgrades are not allowed (set ALLOW_DOWNGRADE=true to enable)"},
		},
		Earlier: fmt.Sprintf(compose, "v1.157.1"),
		Before:  fmt.Sprintf(compose, "v1.150.0"),
		After:   fmt.Sprintf(compose, "v1.158.0"),
		Source: []string{
			"https://element-hq.github.io/synapse/latest/development/database_schema.html",
			"element-hq/matrix-authentication-service crates/storage-pg/src/lib.rs",
			"pocket-id/pocket-id backend/internal/utils/db_migration_util.go",
		},
		CheckChange: checkImageDowngraded,
	}
}

func checkImageDowngraded(before, after *model.Deployment, report func(diag.Finding)) {
	for _, product := range []string{"synapse", "mas", "pocket-id"} {
		for _, new := range after.Of(product) {
			old := before.Service(new.Name)
			if old == nil || old.Product != product || !container.RunsImage(new) || !old.Image.Version().Exact() || !new.Image.Version().Before(old.Image.Release()) {
				continue
			}
			report(diag.Finding{
				Position: new.Image.Position, Subject: new.Name + " " + new.Image.Release(),
				Message: fmt.Sprintf("%s goes back from %s to %s, which may not start with the database as it is now", new.Name, old.Image.Release(), new.Image.Release()),
				Hint:    "restore the backup of the database from before the upgrade",
				Related: []diag.Related{{Position: old.Image.Position, Message: "before"}},
			})
		}
	}
}
