package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

// schemas are upstream's, for the files that have one.
var schemas = []schemaOf{
	{file: "mas-config.yaml", schema: "mas-config.schema.json", wrong: []string{"/email/from", "/email/reply_to"}},
	{file: "synapse-config.yaml", schema: "synapse-config.schema.yaml", draft: "https://json-schema.org/draft/2020-12/schema", wrong: []string{"/email/smtp_port", "/stream_writers/events"}},
	{file: "docker-compose.yml", schema: "compose-spec.json", draft: "http://json-schema.org/draft-07/schema#"},
}

// schemaOf is a schema that upstream has of a file.
type schemaOf struct {
	file, schema string
	// What the schema calls itself, where that is not one that a validator knows.
	draft string
	// Where the schema is wrong, not the file: MAS's wants a bare address where its own default has a name, too. Synapse's wants a string
	// where its own example has a number, and one writer of events, of which its own documentation has several.
	wrong []string
}

// oracles returns the folder with upstream's schemas, which are not part of the repository.
func oracles(t *testing.T) string {
	t.Helper()
	shared := os.Getenv("MATRIXGEN_SHARED")
	if shared == "" {
		shared = "../../shared"
	}
	folder := filepath.Join(shared, "oracles")
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("upstream's schemas are not here: %v; $MATRIXGEN_SHARED may name the folder above oracles/", err)
	}
	return folder
}

// TestSchemas holds the files against upstream's JSON schemas. These are open: they find wrong types, not unknown keys.
func TestSchemas(t *testing.T) {
	folder := oracles(t)
	for _, s := range schemas {
		t.Run(s.schema, func(t *testing.T) {
			schema := compiled(t, filepath.Join(folder, s.schema), s.draft)
			each(t, func(t *testing.T, d deployment) {
				if !d.has(s.file) {
					return // MAS is not there
				}
				hold(t, schema, d, s.file, s.wrong)
			})
		})
	}
}

// TestChart holds what Element's chart is told against its own schema, which is closed: it finds keys that the chart does not know, too.
func TestChart(t *testing.T) {
	schema := compiled(t, filepath.Join(oracles(t), "ess-values.schema.json"), "")
	for _, d := range inCluster {
		t.Run(d.name, func(t *testing.T) { hold(t, schema, d, "kubernetes/values.yaml", nil) })
	}
	if len(inCluster) == 0 {
		t.Error("no stack runs in a cluster")
	}
}

// compiled returns the schema in a file. draft is what it should call itself, or "".
func compiled(t *testing.T, file, draft string) *jsonschema.Schema {
	t.Helper()
	document := asJSON(t, file).(map[string]any)
	if draft != "" {
		document["$schema"] = draft
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("file:///schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("file:///schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// hold holds a file against a schema. wrong are places where the schema is wrong, not the file.
func hold(t *testing.T, schema *jsonschema.Schema, d deployment, file string, wrong []string) {
	t.Helper()
	var invalid *jsonschema.ValidationError
	if err := schema.Validate(asJSON(t, filepath.Join(d.dir, file))); errors.As(err, &invalid) {
		report(t, file, invalid.BasicOutput(), wrong)
	} else if err != nil {
		t.Error(err)
	}
}

// report says what the schema says, at the leaves of the file only.
func report(t *testing.T, file string, output *jsonschema.OutputUnit, wrong []string) {
	t.Helper()
	for _, unit := range output.Errors {
		if unit.Error == nil || slices.Contains(wrong, unit.InstanceLocation) {
			continue
		}
		if slices.ContainsFunc(output.Errors, func(other jsonschema.OutputUnit) bool {
			return strings.HasPrefix(other.InstanceLocation, unit.InstanceLocation+"/")
		}) {
			continue // a consequence of that one
		}
		t.Errorf("%s: %s: %s", file, unit.InstanceLocation, unit.Error)
	}
}

// asJSON reads a YAML or JSON file as the values that a JSON schema speaks of.
func asJSON(t *testing.T, file string) any {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := yaml.Unmarshal(content, &value); err != nil {
		t.Fatalf("%s: %v", filepath.Base(file), err)
	}
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(file), err)
	}
	value, err = jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return value
}
