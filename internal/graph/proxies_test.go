package graph_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/matrixgen/matrixgen/internal/graph"
	"github.com/matrixgen/matrixgen/internal/link"
)

// TestProxiesDrawTheSame: of one stack, the picture says the same of what each host takes, whatever its proxy is, and says it in paths.
func TestProxiesDrawTheSame(t *testing.T) {
	stack, err := os.ReadFile("testdata/proxies/stack.cue")
	if err != nil {
		t.Fatal(err)
	}
	compiler := newCompiler(t)
	drawn := map[string][]string{}
	for _, proxy := range []string{"traefik", "caddy", "nginx"} {
		files := fstest.MapFS{"stacks/x/stack.cue": {Data: fmt.Appendf(stack, "proxy: kind: %q\n", proxy)}}
		found, findings, err := compiler.Compile(files, "x")
		if err != nil || found == nil {
			t.Fatal(findings, err)
		}
		g := graph.Of(link.Deployment(found))
		for _, e := range g.Edges {
			from := g.Node(e.From)
			if from.Kind != graph.Host || !strings.HasPrefix(from.Group, "proxy") {
				continue
			}
			labels := slices.Sorted(slices.Values(e.Labels))
			drawn[proxy] = append(drawn[proxy], fmt.Sprintf("%s -> %s: %s", from.Name, e.To, strings.Join(labels, ", ")))
			if slices.Contains(labels, "other paths") {
				t.Errorf("%s: %s leads to %s by paths that nobody is told", proxy, from.Name, e.To)
			}
		}
		slices.Sort(drawn[proxy])
		if len(drawn[proxy]) < 10 {
			t.Errorf("%s: %d edges alone: %q", proxy, len(drawn[proxy]), drawn[proxy])
		}
	}
	for _, proxy := range []string{"caddy", "nginx"} {
		if !slices.Equal(drawn[proxy], drawn["traefik"]) {
			t.Errorf("%s:\n%s\ntraefik:\n%s", proxy, strings.Join(drawn[proxy], "\n"), strings.Join(drawn["traefik"], "\n"))
		}
	}
}
