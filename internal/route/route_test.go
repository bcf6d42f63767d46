package route_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/read"
)

// TestAnswering asks what answers requests. Each archive has a file "want" with lines of a method, a host with a path, and the services that
// the routes lead to, the one that answers first, and "…" where it cannot be told which is next.
func TestAnswering(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			d, want := linked(t, name)
			for line := range strings.Lines(want) {
				words := strings.Fields(line)
				host, path, _ := strings.Cut(words[1], "/")
				got := strings.Join(append(words[:2:2], answering(d, model.Request{Method: words[0], Host: host, Path: "/" + path})...), " ")
				if got != strings.Join(words, " ") {
					t.Errorf("got  %s\nwant %s", got, strings.TrimSpace(line))
				}
			}
		})
	}
}

// linked returns the first deployment of an archive, and its file "want".
func linked(t *testing.T, name string) (d *model.Deployment, want string) {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, f := range archive.Files {
		if f.Name == "want" {
			want = string(f.Data)
			continue
		}
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	found, _, err := read.Deployments(files)
	if err != nil || len(found) == 0 {
		t.Fatal(len(found), err)
	}
	return link.Deployments(found...)[0], want
}

func answering(d *model.Deployment, r model.Request) []string {
	var names []string
	routes, whole := d.Answering(r)
	for _, route := range routes {
		name := "?"
		if route.Resolved {
			b := route.Backends[0]
			name = b.Host
			if b.Service != nil {
				name = b.Service.Name
			}
			if b.Port != nil {
				name += ":" + b.Port.Text
			}
		}
		names = append(names, fmt.Sprintf("%s=%s", route.Name, name))
	}
	if !whole {
		names = append(names, "…")
	}
	return names
}
