package compile_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/proofs"
)

// TestListsExtend: of every list that a stack derives, either an override may replace it, or a field has further items for it, or its items belong
// together, as those of a command do. A part of the proof is the stacks that ship, of which one has everything.
func TestListsExtend(t *testing.T) {
	compiler, err := compile.New()
	if err != nil {
		t.Fatal(err)
	}
	extended := map[string]bool{}
	roots := []string{"../.."}
	if proofs.Whole {
		roots = append(roots, "../../conformance")
	}
	for _, root := range roots {
		repository := os.DirFS(root)
		stacks, err := compile.Stacks(repository)
		if err != nil || len(stacks) == 0 {
			t.Fatal(stacks, err)
		}
		for _, stack := range stacks {
			files, findings, err := compiler.Compile(repository, stack)
			if err != nil || files == nil {
				t.Fatal(stack, findings, err)
			}
			for _, doc := range files.Documents {
				if doc.Upstream == "" || strings.HasPrefix(doc.Name, "traefik") || strings.HasPrefix(doc.Name, "pocket-id-client") || strings.HasPrefix(doc.Name, "workers/") {
					continue // nothing overrides these
				}
				lists(doc.Root, nil, func(list *model.Node, path []string) {
					switch {
					case list.More != "":
						extended[list.More] = true
					case !list.Replaceable && compile.Derived(list.Position) && !belongsTogether(path):
						t.Errorf("%s: nothing extends the list %s of %s", stack, strings.Join(path, "."), doc.Name)
					}
				})
			}
		}
	}
	for _, field := range []string{"mounts.synapse", "synapse.listeners", "synapse.listeners.main.resources", "synapse.appservices", "mas.listeners", "identityProviders"} {
		if !extended[field] {
			t.Errorf("no list has further items by %s", field)
		}
	}
}

// lists calls visit for all lists of a tree.
func lists(n *model.Node, path []string, visit func(list *model.Node, path []string)) {
	if n.Kind == model.List {
		visit(n, path)
	}
	for _, f := range n.Fields {
		lists(f.Value, append(slices.Clone(path), f.Key), visit)
	}
	for _, item := range n.Items {
		lists(item, path, visit)
	}
}

// belongsTogether says of a list that a further item would make another thing of it.
func belongsTogether(path []string) bool {
	path = append([]string{""}, path...)
	together := []string{
		"binds", "bind_addresses", "aliases", // addresses by which the stack knows something
		"entrypoint", "command", "test", // words of a command
		"profiles",                                  // when a service runs at all
		"transports", "org.matrix.msc4143.rtc_foci", // the one place where calls are
		"secrets", "ports", // what the stack's own settings need; a file of the operator's is mounted
	}
	if service := path[len(path)-2]; service == "synapse-volume" || strings.HasSuffix(service, "-databases") {
		return true // jobs of the stack
	}
	return slices.Contains(together, path[len(path)-1])
}
