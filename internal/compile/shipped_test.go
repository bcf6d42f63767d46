package compile_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/load"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/emit"
	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/schema"
)

// TestShippedDocumentsFitUpstream holds every document of the shipped stacks against upstream's formats twice: by CUE itself, with the
// closed definitions, and by the tables that are built from their syntax. A build does neither, since a document that follows from a valid
// stack is right for all stacks or for none; this test is why that holds.
func TestShippedDocumentsFitUpstream(t *testing.T) {
	definitions := upstreamDefinitions(t)
	for _, deployment := range shippedStacks(t) {
		files, err := emit.Render(deployment)
		if err != nil {
			t.Fatal(err)
		}
		for i, doc := range deployment.Documents {
			if doc.Upstream == "" {
				continue
			}
			t.Run(deployment.Name+"/"+doc.Name, func(t *testing.T) {
				product, definition, _ := strings.Cut(doc.Upstream, ".")
				upstream := definitions[product].LookupPath(cue.ParsePath(definition))
				json, err := emit.Render(&model.Files{Documents: []*model.Document{{Name: doc.Name, Format: model.JSON, Root: doc.Root}}})
				if err != nil {
					t.Fatal(err)
				}
				value := cuecontext.New().CompileBytes(json[0].Content, cue.Filename(files[i].Name))
				if err := upstream.Unify(value).Validate(cue.Concrete(true)); err != nil {
					t.Errorf("CUE: %s", errors.Details(err, nil))
				}
				table, err := format.Load(doc.Upstream)
				if err != nil {
					t.Fatal(err)
				}
				for _, problem := range format.Check(table, doc.Root) {
					t.Errorf("table: %+v", problem)
				}
			})
		}
	}
}

// shippedStacks compiles the stacks of the repository.
func shippedStacks(t *testing.T) []*model.Files {
	t.Helper()
	repository := os.DirFS("../..")
	names, err := compile.Stacks(repository)
	if err != nil || len(names) < 3 {
		t.Fatalf("stacks %v, err %v", names, err)
	}
	compiler, err := compile.New()
	if err != nil {
		t.Fatal(err)
	}
	var deployments []*model.Files
	for _, name := range names {
		deployment, findings, err := compiler.Compile(repository, name)
		if err != nil || len(findings) > 0 {
			t.Fatalf("%s: %v, %v", name, findings, err)
		}
		deployments = append(deployments, deployment)
	}
	return deployments
}

// upstreamDefinitions evaluates the definitions of upstream's formats by product, as the cue command would.
func upstreamDefinitions(t *testing.T) map[string]cue.Value {
	t.Helper()
	context := cuecontext.New()
	definitions := map[string]cue.Value{}
	folders, err := fs.Glob(schema.Files, "*/config.cue")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range folders {
		product := filepath.Dir(file)
		args := []string{"./" + product + "/config.cue"}
		if _, err := fs.Stat(schema.Files, product+"/log.cue"); err == nil {
			args = append(args, "./"+product+"/log.cue")
		}
		instances := load.Instances(args, &load.Config{Dir: "../../schema"})
		value := context.BuildInstance(instances[0])
		if err := value.Err(); err != nil {
			t.Fatal(err)
		}
		definitions[product] = value
	}
	return definitions
}
