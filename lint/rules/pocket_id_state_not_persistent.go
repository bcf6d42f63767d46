package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// pocketIDState: users and passkeys are in a file below a folder that moved with version 1.
func pocketIDState() lint.Rule {
	return lint.Rule{
		Name:      "pocket-id-state-not-persistent",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Fatal:     true,
		Documents: "compose",
		Title:     "passkeys vanish with the container of Pocket ID",
		Why: "Pocket ID keeps users, passkeys and clients in a SQLite file, in a folder of the container unless something is mounted there. With " +
			"the next container all are gone, and nobody can log in.",
		Sees:     "the page for the first admin again, after an update",
		Before:   "-- compose.yaml --\nservices:\n" + strings.Replace(example.PocketID, "/app/data", "/app/backend/data", 1) + "volumes:\n  pocket-id: {}\n",
		After:    "-- compose.yaml --\nservices:\n" + example.PocketID + "volumes:\n  pocket-id: {}\n",
		Versions: "/app/data since Pocket ID 1.0.0, /app/backend/data before",
		Source: []string{
			"pocket-id/pocket-id backend/internal/common/env_config.go",
			"pocket-id/pocket-id docker/Dockerfile",
		},
		Check: checkPocketIDState,
	}
}

func checkPocketIDState(d *model.Deployment, report func(diag.Finding)) {
	for _, s := range d.Of("pocket-id") {
		version := s.Image.Version()
		if !container.RunsImage(s) || s.Inactive || !container.MountsKnown(d, s) || s.Node.Get("working_dir").IsSet() ||
			container.LacksVariable(d, s, "DB_CONNECTION_STRING", "SQLITE_DB_PATH", "POSTGRES_CONNECTION_STRING") != model.Yes {
			continue // the database may be elsewhere
		}
		if !version.Known() && s.Image.Digest != "" {
			continue
		}
		folder, other := "/app/data", "/app/backend/data"
		if version.Known() && version.Major() < 1 {
			folder, other = other, folder
		}
		mount := s.MountAt(folder)
		if mount != nil && mount.Type != "tmpfs" {
			continue
		}
		f := diag.Finding{
			Position: s.Position,
			Message:  fmt.Sprintf("users and passkeys vanish with the next container of %s: nothing that lasts is mounted at %s", s.Name, folder),
			Hint:     "mount a volume at " + folder,
		}
		if old := s.MountAt(other); old != nil && strings.HasPrefix(old.Target, "/app/") {
			f.Position = old.Position
			f.Message = fmt.Sprintf("users and passkeys vanish with the next container of %s: this version keeps them in %s, and not here", s.Name, folder)
		}
		report(f)
	}
}
