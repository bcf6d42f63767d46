package route_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/model"
)

// TestEffects asks what the middlewares of the first route that answers do. Each archive has a file "want" with lines of a host with a path, the
// path that arrives, "?" if that cannot be told, and what else is done.
func TestEffects(t *testing.T) {
	archives, err := filepath.Glob("testdata/effects/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			d, want := linked(t, name)
			for line := range strings.Lines(want) {
				asked := strings.Fields(line)[0]
				host, path, _ := strings.Cut(asked, "/")
				got := asked + " " + effects(d, model.Request{Method: "GET", Host: host, Path: "/" + path})
				if got != strings.TrimSpace(line) {
					t.Errorf("got  %s\nwant %s", got, strings.TrimSpace(line))
				}
			}
		})
	}
}

func effects(d *model.Deployment, request model.Request) string {
	routes, _ := d.Answering(request)
	if len(routes) == 0 {
		return "nobody"
	}
	r := routes[0]
	var words []string
	say := func(is bool, format string, values ...any) {
		if is {
			words = append(words, fmt.Sprintf(format, values...))
		}
	}
	path, known := r.ArrivesAs(request.Path)
	say(known, "%s", path)
	say(!known, "?")
	say(r.KeepsPaths() == model.Yes, "kept")
	say(r.Guarded() == model.Yes, "guarded")
	say(r.Guarded() == model.CannotTell, "perhaps-guarded")
	for _, m := range r.Middlewares {
		say(m.Any, "anything")
		say(m.Redirects == model.RedirectScheme, "redirects")
		say(m.Redirects == model.RedirectElsewhere, "leads-elsewhere")
		say(m.ReplacesErrors, "replaces-errors")
		say(m.Reencodes, "reencodes")
		say(m.SetsHeaders && len(m.Added) == 0, "headers")
		for _, header := range m.Added {
			say(true, "adds-%s=%s", header.Name, header.Value)
		}
		say(m.Body != nil && m.Body.Unknown, "body-unknown")
		say(m.Body != nil && !m.Body.Unknown, "body-%d", bytes(m))
	}
	return strings.Join(words, " ")
}

func bytes(m model.Middleware) int64 {
	if m.Body == nil {
		return 0
	}
	return m.Body.Bytes
}
