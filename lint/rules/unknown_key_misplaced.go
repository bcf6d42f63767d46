package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint/internal/advice"
)

// reportMisplacedServices reports the services of a compose file that do not stand below services, because of their indentation: once for all of them. It
// returns what says of a path whether it is in one of them.
func reportMisplacedServices(doc *model.Document, report func(diag.Finding)) (isMisplaced func(path string) bool) {
	if doc.Kind != model.KindCompose {
		return func(string) bool { return false }
	}
	type misplaced struct {
		field model.Field
		path  string
	}
	var found []misplaced
	for _, f := range doc.Root.Entries() {
		switch f.Key {
		case "services", "secrets", "configs", "include", "name", "version":
		case "networks", "volumes":
			for _, g := range f.Value.Entries() {
				if isService(g.Value) {
					found = append(found, misplaced{g, f.Key + "." + g.Key})
				}
			}
		default:
			if isService(f.Value) && !strings.HasPrefix(f.Key, "x-") {
				found = append(found, misplaced{f, f.Key})
			}
		}
	}
	if len(found) > 0 {
		var names []string
		var related []diag.Related
		for i, m := range found {
			names = append(names, m.field.Key)
			if i > 0 {
				related = append(related, diag.Related{Position: m.field.Position, Message: m.field.Key + " stands here"})
			}
		}
		where := "beside services"
		if parent, _, inside := strings.Cut(found[0].path, "."); inside {
			where = "below " + parent
		}
		report(diag.Finding{
			Severity: diag.Error,
			Position: found[0].field.Position,
			Message:  fmt.Sprintf("Docker Compose does not start: %s stands %s, where it is no service", names[0], where),
			Hint:     fmt.Sprintf("indent %s so that services holds it", advice.InWords(names)),
			Related:  related,
		})
	}
	return func(path string) bool {
		return slices.ContainsFunc(found, func(m misplaced) bool { return path == m.path || strings.HasPrefix(path, m.path+".") })
	}
}

// isService says that a map is a service of Compose by its keys.
func isService(n *model.Node) bool {
	if n == nil || n.Kind != model.Map || !n.Get("image").IsSet() && !n.Get("build").IsSet() {
		return false
	}
	return n.Get("image") == nil || n.Get("image").Kind == model.String
}
