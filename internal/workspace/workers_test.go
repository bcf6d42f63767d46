package workspace_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/workspace"
)

// TestWorkerEndpoints sends a request for each pattern of Synapse's page on workers through the routes of stacks with workers: each reaches a process
// that serves it. Whether a process does at all, the rule synapse-worker-wiring judges: it has nothing to say of them.
func TestWorkerEndpoints(t *testing.T) {
	for _, name := range []string{"workers", "workers-small", "workers-caddy", "workers-nginx", "workers-nginx-port", "workers-traefik"} {
		t.Run(name, func(t *testing.T) {
			compiler := workspace.Borrow(t)
			s, findings, err := workspace.Load(compiler, os.DirFS(judgedStacks), name)
			if err != nil || s == nil {
				t.Fatal(findings, err)
			}
			host := "matrix." + literal(s.Deployment.Synapse.At("server_name"))
			asked := 0
			for _, e := range endpoints(t) {
				asked++
				routes, whole := s.Deployment.Answering(model.Request{Host: host, Path: e.path, Method: "GET"})
				got := []string{"-"}
				if len(routes) > 0 && len(routes[0].Backends) > 0 {
					got = nil
					for _, b := range routes[0].Backends {
						got = append(got, b.Service.Name)
					}
				}
				slices.Sort(got)
				if want := serving(s.Deployment, e); !whole || !slices.Equal(got, want) {
					t.Errorf("%s: %q answer, want %q (whole: %v)", e.path, got, want, whole)
				}
			}
			if asked < 110 {
				t.Errorf("%d requests alone", asked)
			}
		})
	}
}

// endpoint is a row of the table: who answers a request.
type endpoint struct{ who, path string }

func endpoints(t *testing.T) []endpoint {
	t.Helper()
	content, err := os.ReadFile(judgedStacks + "/testdata/workers.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []endpoint
	for line := range strings.Lines(string(content)) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		if len(fields) != 3 || !regexp.MustCompile(fields[0]).MatchString(fields[2]) {
			t.Errorf("a row whose request does not fit: %s", line)
			continue
		}
		all = append(all, endpoint{fields[1], fields[2]})
	}
	return all
}

// serving returns the services that are to answer a request: where there are no workers of the kind, the main process.
func serving(d *model.Deployment, e endpoint) []string {
	who := e.who
	if who == "mas" && len(d.Of("mas")) == 0 { // Synapse signs people in
		who = "main"
		if strings.HasSuffix(e.path, "/login") {
			who = "client-reader"
		}
	}
	delegated := len(d.Of("mas")) > 0
	if !delegated && regexp.MustCompile(`/(register|available|validity|password_policy|deactivate)$`).MatchString(e.path) {
		who = "client-reader"
	}
	stream, writes := strings.CutPrefix(who, "writer:")
	switch writer := literal(d.Synapse.At("stream_writers", stream)); {
	case writes && writer != "":
		return []string{"synapse-" + writer}
	case stream == "device_lists":
		who = "client-reader"
	case who == "mas", who == "-":
		return []string{who}
	}
	var services []string
	for _, s := range d.Of("synapse") {
		if rest, found := strings.CutPrefix(s.Name, "synapse-"+who+"-"); found && rest != "" {
			services = append(services, s.Name)
		}
	}
	if strings.HasSuffix(e.path, "/messages") && d.Proxy.Kind == "traefik" {
		services = services[:1] // it cannot tell rooms apart
	}
	if len(services) == 0 {
		return []string{"synapse"}
	}
	slices.Sort(services)
	return services
}

func literal(n *model.Node) string {
	text, _ := n.Literal()
	return text
}
