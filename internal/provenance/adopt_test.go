package provenance_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/matrixgen/matrixgen/internal/adopt"
	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/emit"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/outdir"
	"github.com/matrixgen/matrixgen/internal/read"
)

// notAdopted are fields that adopt does not read from what a build writes: what they say is in its report.
func notAdopted(field string) bool {
	return strings.HasPrefix(field, "synapse.listeners") || strings.HasPrefix(field, "mas.") ||
		field == "mas" ||
		field == "target" || strings.HasPrefix(field, "kubernetes.") || strings.HasPrefix(field, "override.chart.") || strings.HasPrefix(field, "metrics.labels") || strings.HasPrefix(field, "synapse.appservices.irc.") || // of the stacks that a cluster runs, TestAdoptRoundTrip looks at all
		strings.HasSuffix(field, ".signIn") || // the README says it alone
		field == "identityProviders.other.kind" // what to click, which the README says alone
}

// adopted adopts what a build of documents writes, and compares.
func adopted(t *testing.T, files *model.Files) {
	t.Helper()
	compiler := borrow(t)
	want, tree := rendered(t, files), written(t, files)
	found, _, err := read.Deployments(tree)
	if err != nil {
		t.Fatal(err)
	}
	result, err := adopt.Run(link.Deployments(found...)[0], adopt.Answers{ReadFile: tree.ReadFile}, func(stack *model.Node) (*model.Files, []adopt.Problem, error) {
		source, err := compile.Source("x", "", stack, nil)
		if err != nil {
			return nil, nil, err
		}
		files, findings, err := compiler.Compile(fstest.MapFS{"stacks/x/stack.cue": {Data: source}}, "x")
		var problems []adopt.Problem
		for _, f := range findings {
			problems = append(problems, adopt.Problem{Path: compile.PathAt(source, f.Position), Finding: f, Idle: compile.Idle(f)})
		}
		return files, problems, err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, note := range result.Notes {
		t.Errorf("%s: %s", note.Subject, note.Message)
	}
	got := rendered(t, result.Compiled)
	for name, content := range want {
		was, is := content, got[name]
		if name == "docker-compose.yml" { // that a stack says the network of its proxy moves a label behind others
			was, is = ordered(was), ordered(is)
		}
		if was != is {
			t.Errorf("%s: %s", name, outdir.Unified("was", "is", []byte(was), []byte(is)))
		}
	}
}

// ordered returns the lines of a text, sorted.
func ordered(text string) string {
	lines := strings.Split(text, "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// written returns the folder that a build writes.
func written(t *testing.T, files *model.Files) fstest.MapFS {
	t.Helper()
	tree := fstest.MapFS{}
	for name, content := range rendered(t, files) {
		tree[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return tree
}

// rendered returns what a build writes, by name.
func rendered(t *testing.T, files *model.Files) map[string]string {
	t.Helper()
	all, err := emit.Render(&link.Deployment(files).Files)
	if err != nil {
		t.Fatal(err)
	}
	contents := map[string]string{}
	for _, f := range all {
		contents[f.Name] = string(f.Content)
	}
	return contents
}
