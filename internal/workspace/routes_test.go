package workspace_test

import (
	"cmp"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/workspace"
)

// The stacks that upstream's programs judge, and who has to answer each URL of theirs.
const (
	judgedStacks = "../../conformance"
	judgedTables = judgedStacks + "/testdata/proxies/*.txt"
	forAll       = judgedStacks + "/testdata/routes/all.txt"
)

// TestProxiesAgree reads the generated files of each proxy as the linter does, and asks what nginx, Caddy and Traefik themselves are asked in
// conformance/: the answers have to be theirs.
func TestProxiesAgree(t *testing.T) {
	tables, err := filepath.Glob(judgedTables)
	if err != nil || len(tables) == 0 {
		t.Fatal("no tables", err)
	}
	for _, table := range tables {
		name := strings.TrimSuffix(filepath.Base(table), ".txt")
		t.Run(name, func(t *testing.T) {
			compiler := workspace.Borrow(t)
			s, findings, err := workspace.Load(compiler, os.DirFS(judgedStacks), name)
			if err != nil || s == nil {
				t.Fatal(findings, err)
			}
			if s.Deployment.Proxy == nil || s.Deployment.Proxy.Partial {
				t.Fatalf("what the proxy does is not known: %+v", s.Deployment.Proxy)
			}
			asked := 0
			for _, r := range judged(t, table) {
				asked++
				want := r.service
				if s.Deployment.Proxy.Kind != "traefik" {
					want = r.decoded
				}
				if got := answering(s.Deployment, r.url); got != want {
					t.Errorf("%s: %q answers, want %q", r.url, got, want)
				}
			}
			if asked < 80 {
				t.Errorf("%d URLs alone", asked)
			}
		})
	}
}

// answering returns the service that gets a request, "-" if none does, or what is not known.
func answering(d *model.Deployment, text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return err.Error()
	}
	at := u.Path
	if d.Proxy.Kind == "traefik" {
		at = u.EscapedPath()
	}
	routes, whole := d.Answering(model.Request{Host: u.Hostname(), Path: at, Method: "GET"})
	switch {
	case !whole:
		return fmt.Sprintf("one of %d, whole: %v", len(routes), whole)
	case len(routes) == 0 || len(routes[0].Backends) == 0 && routes[0].Resolved == false:
		return "-"
	case len(routes[0].Backends) != 1 || routes[0].Backends[0].Service == nil:
		return fmt.Sprintf("%+v", routes[0].Backends)
	}
	return routes[0].Backends[0].Service.Name
}

type judgedRow struct{ url, service, decoded string }

// judged reads a table in the form of conformance/, the rows over HTTPS.
func judged(t *testing.T, table string) []judgedRow {
	t.Helper()
	var all []judgedRow
	var hosts []string
	ports := map[string]string{}
	for _, file := range []string{table, path.Clean(forAll)} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			fields := strings.Fields(line)
			if len(fields) == 0 || fields[0][0] == '#' {
				continue
			}
			if fields[0] == "host" {
				hosts = append(hosts, "{"+fields[1]+"}", fields[2])
				host, port, _ := strings.Cut(fields[2], ":")
				ports[host] = port
				continue
			}
			r := judgedRow{strings.NewReplacer(hosts...).Replace(fields[0]), fields[1], fields[1]}
			if len(fields) == 3 {
				r.decoded = strings.TrimPrefix(fields[2], "decoded=")
			}
			known := slices.ContainsFunc(all, func(other judgedRow) bool { return other.url == r.url })
			if known || !strings.HasPrefix(r.url, "https://") || strings.Contains(r.url, "{") {
				continue
			}
			u, err := url.Parse(r.url)
			if err != nil {
				continue // a port behind a port
			}
			// What answers at another port than the usual one of the host, the programs are asked themselves.
			if cmp.Or(u.Port(), "443") == cmp.Or(ports[u.Hostname()], "443") {
				all = append(all, r)
			}
		}
	}
	return all
}
