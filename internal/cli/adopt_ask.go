package cli

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/matrixgen/matrixgen/internal/workspace"
)

// askPlaces asks on a terminal which project runs and where its folder lies there, unless flags or the files say it. Without a terminal the names of the
// folder here are taken.
func (a *app) askPlaces(ctx context.Context, q *questions, dir string, f *adoptFlags) error {
	at, err := filepath.Abs(a.path(dir))
	if q.lines == nil || err != nil {
		return nil
	}
	anything := func(string) error { return nil }
	if !q.flags.Changed("project") && !workspace.SaysProject(at) {
		if f.project, err = q.ask(ctx, "project", "The compose project that runs, as docker compose ls names it", workspace.ProjectOf(at), anything); err != nil {
			return err
		}
	}
	if !q.flags.Changed("folder") {
		f.folder, err = q.ask(ctx, "folder", "Where that folder lies on the machine of the server", at, func(answer string) error {
			if !strings.HasPrefix(answer, "/") {
				return usageError("", "%q is no path from the root, such as /srv/matrix", answer)
			}
			return nil
		})
	}
	return err
}

// askVersions asks on a terminal for the versions that the files leave open, and reports whether there are new answers.
func (a *app) askVersions(ctx context.Context, q *questions, adopted *workspace.Adopted, adoption *workspace.Adoption) (bool, error) {
	if q.lines == nil {
		return false, nil
	}
	asked := false
	for _, open := range adopted.Report.Questions {
		if adoption.Versions[open.Product] != "" {
			continue // asked before, for another service of the product
		}
		tell(a.Err, "%s\n  %s\n", open.Message, open.How)
		tag, err := q.ask(ctx, "version", "Its tag", "", func(answer string) error {
			if strings.ContainsAny(answer, " \t/:") || answer == "latest" {
				return usageError("", "%q is no tag that names a version, such as v1.140.0", answer)
			}
			return nil
		})
		if err != nil {
			return false, err
		}
		adoption.Versions[open.Product], asked = tag, true
	}
	return asked, nil
}
