package change_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/matrixgen/matrixgen/internal/change"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/read"
)

var update = flag.Bool("update", false, "rewrite what the archives want")

// deployment returns the deployment in the files of an archive below a folder.
func deployment(t *testing.T, archive *txtar.Archive, folder string) *model.Deployment {
	t.Helper()
	files := fstest.MapFS{}
	for _, f := range archive.Files {
		if name, found := strings.CutPrefix(f.Name, folder+"/"); found {
			files[name] = &fstest.MapFile{Data: f.Data}
		}
	}
	deployments, findings, err := read.Deployments(files)
	if err != nil || len(deployments) != 1 {
		t.Fatalf("%d deployments, %v, err %v", len(deployments), findings, err)
	}
	return link.Deployment(deployments[0])
}

// saidOf reports whether a fact that has names to fill in, as {database}, was told of something.
func saidOf(said map[format.Consequence]bool, fact format.Consequence) bool {
	if !strings.Contains(fact.Why, "{") {
		return false
	}
	told := regexp.MustCompile("^" + regexp.MustCompile(`\\\{[a-z]+\\\}`).ReplaceAllString(regexp.QuoteMeta(fact.Why), `[a-z0-9-]+`) + "$")
	for one := range said {
		if one.Level == fact.Level && told.MatchString(one.Why) {
			return true
		}
	}
	return false
}

// content returns the text of a file, or "".
func content(archive *txtar.Archive, name string) string {
	for _, f := range archive.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// TestChanges compares the two states of every archive: "want" has a line for each change.
func TestChanges(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	comparer, err := change.NewComparer()
	if err != nil {
		t.Fatal(err)
	}
	said := map[format.Consequence]bool{}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			before, after := deployment(t, archive, "before"), deployment(t, archive, "after")
			changes, err := comparer.Compare(before, after)
			if err != nil {
				t.Fatal(err)
			}
			changes = append(changes, comparer.Around(before, after)...)
			changes = append(changes, comparer.RouteTable(content(archive, "before/README.md"), content(archive, "after/README.md"))...)
			var got strings.Builder
			for _, c := range changes {
				said[c.Consequence] = true
				if c.Why == "" || c.Position.File == "" {
					t.Errorf("no reason, or no position: %+v", c)
				}
				fmt.Fprintf(&got, "%s: %s %s %s", c.Level, c.Document, c.Kind, c.Setting)
				if c.From+c.To != "" {
					fmt.Fprintf(&got, ": %s -> %s", c.From, c.To)
				}
				fmt.Fprintln(&got)
			}
			if strings.Contains(got.String(), "hush") {
				t.Errorf("a secret is told:\n%s", got.String())
			}
			i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want" })
			if i < 0 {
				archive.Files = append(archive.Files, txtar.File{Name: "want"})
				i = len(archive.Files) - 1
			}
			if got.String() == string(archive.Files[i].Data) {
				return
			}
			if !*update {
				t.Errorf("got:\n%s", got.String())
				return
			}
			archive.Files[i].Data = []byte(got.String())
			if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
	if strings.Contains(flag.Lookup("test.run").Value.String(), "/") {
		return // not all archives were compared
	}
	for upstream, facts := range schemaFacts(t) {
		for _, fact := range facts {
			if !said[fact] && !saidOf(said, fact) {
				t.Errorf("no archive has a change that means: %s: %s, when=%s: %s", upstream, fact.Level, fact.When, fact.Why)
			}
		}
	}
}

// TestFactsAreWhole: every consequence in schema/ is for a change that this package knows.
func TestFactsAreWhole(t *testing.T) {
	for upstream, facts := range schemaFacts(t) {
		for _, fact := range facts {
			if !change.Knows(fact.When) {
				t.Errorf("%s: nobody knows when=%s", upstream, fact.When)
			}
			if !strings.HasSuffix(fact.Why, ".") || !strings.Contains(fact.Source, "/") {
				t.Errorf("%s: reason %q, source %q", upstream, fact.Why, fact.Source)
			}
		}
	}
}

// schemaFacts returns the consequences that stand in the definitions of the formats.
func schemaFacts(t *testing.T) map[string][]format.Consequence {
	t.Helper()
	facts := map[string][]format.Consequence{}
	for _, upstream := range []string{
		"compose.#Config", "compose.#Images", "compose.#Around", "element.#Config", "mas.#Config", "pocketid.#Client", "synapse.#Config", "synapse.#LogConfig",
		"wellknown.#Client", "wellknown.#Server", "wellknown.#Support", "livekit.#Config", "traefik.#Config",
	} {
		table, err := format.Load(upstream)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[*format.Type]bool{}
		var visit func(*format.Type)
		visit = func(of *format.Type) {
			if of == nil || seen[of] {
				return
			}
			seen[of] = true
			facts[upstream] = append(facts[upstream], of.Changes...)
			for _, arm := range of.Arms() {
				visit(arm)
				visit(arm.Items)
				for _, key := range slices.Concat(arm.Keys, arm.Free) {
					facts[upstream] = append(facts[upstream], key.Changes...)
					visit(key.Type)
				}
			}
		}
		visit(table)
	}
	return facts
}
