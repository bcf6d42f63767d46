package rules

import (
	"fmt"
	"path"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
)

// postgresDataNotPersistent: PGDATA says where Postgres keeps its files, and a volume elsewhere stays empty.
func postgresDataNotPersistent() lint.Rule {
	const service = `-- compose.yaml --
services:
  postgres:
    image: docker.io/library/postgres:17.6
    environment:
      POSTGRES_PASSWORD_FILE: /run/secrets/database
      PGDATA: %s
    volumes:
      - database:/var/lib/postgresql/data
volumes:
  database: {}
`
	return lint.Rule{
		Name:      "postgres-data-not-persistent",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Fatal:     true,
		Documents: "compose",
		Title:     "the database vanishes with the container",
		Why: "Postgres writes to the folder that PGDATA names. Where nothing is mounted, that is the container's own file system, which is gone as soon as " +
			"compose makes the container anew: with the next change of the image or of a setting. The volume beside it stays empty.",
		Sees:   "nothing, until the container is made anew; then an empty database",
		Before: fmt.Sprintf(service, "/data/pg"),
		After:  fmt.Sprintf(service, "/var/lib/postgresql/data/pgdata"),
		Source: []string{
			"https://github.com/docker-library/docs/blob/master/postgres/README.md",
			"docker-library/postgres Dockerfile",
			"https://docs.docker.com/engine/storage/",
		},
		Check: checkPostgresDataNotPersistent,
	}
}

func checkPostgresDataNotPersistent(d *model.Deployment, report func(diag.Finding)) {
	for _, s := range d.Of("postgres") {
		value, isSet := container.VariableOf(s, "PGDATA")
		folder, known := value.Literal()
		if !isSet || !known || !path.IsAbs(folder) || s.Foreign || !container.RunsImage(s) || !container.MountsKnown(d, s) {
			continue
		}
		folder = path.Clean(folder)
		if mount := s.MountAt(folder); mount != nil && mount.Type != "copy" || isBelow(folder, volumeOfImage(s.Image)) {
			continue
		}
		f := diag.Finding{
			Position: value.Position,
			Message:  fmt.Sprintf("all data of %s are lost when its container is made anew: %s lies on no volume", s.Name, folder),
			Hint:     "mount a volume there, or leave PGDATA out",
		}
		for _, m := range container.DataMounts(d, s) {
			f.Hint = fmt.Sprintf("the volume is at %s: leave PGDATA out, or name a folder below that", m.Target)
			f.Related = append(f.Related, diag.Related{Position: m.Position, Message: "this stays empty"})
			break
		}
		report(f)
	}
}

// volumeOfImage returns where the image asks for a volume by itself, which outlives the container until compose takes that down.
func volumeOfImage(image model.Image) string {
	if version := image.Version(); version.Known() && version.Major() < 18 {
		return "/var/lib/postgresql/data"
	}
	return "/var/lib/postgresql"
}

func isBelow(name, folder string) bool {
	return name == folder || strings.HasPrefix(name, folder+"/")
}
