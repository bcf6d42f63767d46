package rules

import (
	"fmt"
	"slices"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// dataVolumeChanged: a service that does not find its data begins anew, and what it writes then cannot be joined with the old.
func dataVolumeChanged() lint.Rule {
	return lint.Rule{
		Name:      "data-volume-changed",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Fatal:     true,
		Documents: "compose; against an earlier revision",
		Title:     "data that a service had is no longer mounted",
		Why: "The service starts without its data, and begins anew: a database without accounts, a homeserver without media, an identity provider " +
			"without users. The old data is still there, but what users do from then on cannot be joined with it.",
		Sees:    "an empty server; nobody can log in",
		Earlier: example.Postgres,
		Before: `-- compose.yaml --
services:
  postgres:
    image: docker.io/library/postgres:17.6
    environment:
      POSTGRES_USER: synapse
      POSTGRES_PASSWORD_FILE: /run/secrets/database
      POSTGRES_INITDB_ARGS: --encoding=UTF8 --locale=C
`,
		After: `-- compose.yaml --
services:
  database:
    image: docker.io/library/postgres:17.6
    environment:
      POSTGRES_USER: synapse
      POSTGRES_PASSWORD_FILE: /run/secrets/database
      POSTGRES_INITDB_ARGS: --encoding=UTF8 --locale=C
    volumes: [database:/var/lib/postgresql/data]
volumes:
  database: {}
`,
		Source: []string{
			"https://docs.docker.com/engine/storage/volumes/",
			"https://docs.docker.com/compose/how-tos/project-name/",
		},
		CheckChange: checkDataVolumeChanged,
	}
}

func checkDataVolumeChanged(before, after *model.Deployment, report func(diag.Finding)) {
	if len(after.Services) == 0 {
		return
	}
	reportProject(before, after, report)
	// What only reads, or prepares a volume and ends, keeps data for nobody, unless nothing else had it.
	served := map[string]bool{}
	for _, s := range before.Services {
		for _, m := range container.DataMounts(before, s) {
			served[m.Where] = served[m.Where] || keeps(before, s, m)
		}
	}
	kept := map[string]bool{}
	for _, s := range after.Services {
		for _, m := range container.DataMounts(after, s) {
			kept[m.Where] = kept[m.Where] || keeps(after, s, m) || !served[m.Where]
		}
	}
	// What a proxy has that goes are certificates: its rule tells that.
	going := func(s *model.Service) bool { return s == matrix.EdgeOf(before).Service && after.Service(s.Name) == nil }
	// What prepares a volume and ends is told only if nothing else has it.
	for _, running := range []bool{true, false} {
		for _, old := range before.Services {
			for _, m := range container.DataMounts(before, old) {
				if !kept[m.Where] && container.RunsImage(old) == running && !going(old) {
					kept[m.Where] = true
					reportLost(m, old, after, report)
				}
			}
		}
	}
}

// keeps reports whether a service goes on writing to its data.
func keeps(d *model.Deployment, s *model.Service, m container.DataMount) bool {
	return !m.ReadOnly && !d.IsJob(s)
}

// reportLost reports data that nothing in a deployment mounts any more. Data that a service looks for elsewhere may have been moved.
func reportLost(m container.DataMount, old *model.Service, after *model.Deployment, report func(diag.Finding)) {
	f := diag.Finding{
		Subject: old.Name + " " + m.Target, Related: []diag.Related{{Position: m.Position, Message: "its data until now"}},
		Message: fmt.Sprintf("%s has its data at %s no more: it begins anew without", old.Name, m.Target),
		Hint:    fmt.Sprintf("mount %s there again", m.Name),
	}
	if !m.Known {
		f.Severity = diag.Warning
	}
	new := after.Service(old.Name)
	if new == nil && m.KeepsFigures() {
		return // nobody but whoever looked at them misses them
	}
	if new == nil {
		f.Position = container.ServicesPosition(after)
		f.Message = fmt.Sprintf("the service %s is gone, and nothing mounts its data: what takes its place begins anew", old.Name)
		f.Hint = "keep the service; if nobody needs the data, dump it all the same before it is forgotten"
		report(f)
		return
	}
	f.Position = new.Node.KeyPosition("volumes")
	i := slices.IndexFunc(new.Mounts, func(n model.Mount) bool { return n.Target == m.Target })
	if i >= 0 {
		f.Severity, f.Position = diag.Warning, new.Mounts[i].Position
		f.Message = fmt.Sprintf("%s looks for its data in %s, which was %s: without the data there, it begins anew", old.Name, container.VolumeName(after, new.Mounts[i]), m.Name)
		f.Hint = "stop the service and copy the data before it is started again"
	}
	report(f)
}

// reportProject reports another name of the project, which all volumes without a name of their own have in theirs.
func reportProject(before, after *model.Deployment, report func(diag.Finding)) {
	old, new := container.ComposeName(before), container.ComposeName(after)
	from, to, changed := lint.Replaced(old, new)
	named := func(s *model.Service) bool {
		return slices.ContainsFunc(container.DataMounts(before, s), func(m container.DataMount) bool {
			return m.Type == "volume" && m.Name == m.Source && !container.IsExternal(before, m.Source)
		})
	}
	if changed && slices.ContainsFunc(before.Services, named) {
		report(diag.Finding{
			Position: new.Position, Subject: to, Related: lint.Was(old, from),
			Message: fmt.Sprintf("the project %s becomes %s, and with it the names of its volumes: all services begin anew without their data", from, to),
			Hint:    "keep the name; or copy every volume first",
		})
	}
}
