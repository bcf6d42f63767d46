package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// valuesTables are the edits of values for Element's chart that the linter is tested with, and the good ones that they begin with.
const (
	valuesTables = "../lint/rules/testdata/mutations_ess.txt"
	valuesBases  = "../lint/rules/testdata/good/"
)

// TestRefusedValues holds what the linter says that Helm refuses against the schema of the chart, which is what Helm asks: both refuse the same values. What the
// templates of the chart refuse is left out: a map where they want a text, and a worker that does not go with MAS.
func TestRefusedValues(t *testing.T) {
	schema := compiled(t, filepath.Join(oracles(t), "ess-values.schema.json"), "")
	table, err := os.ReadFile(valuesTables)
	if err != nil {
		t.Fatal(err)
	}
	cases, refused := 0, 0
	for _, paragraph := range strings.Split(string(table), "\n\n") {
		base, file, before, after := edited(paragraph)
		inObject := base == "ess_configmap" || file != "values.yaml" && base != "ess_layers"
		if byTemplate := strings.HasSuffix(after, "config:\n") || strings.Contains(after, "sso-login"); inObject || byTemplate {
			continue
		}
		files := unpack(t, valuesBases+base+".txtar")
		if strings.Count(files[file], before) != 1 {
			t.Fatalf("%s has %q more than once, or not at all", file, before)
		}
		folder := t.TempDir()
		name := write(t, []byte(strings.Replace(files[file], before, after, 1)), folder, file)
		says := lintsAsInvalid(t, folder)
		if is := refuses(t, schema, name); is != says {
			t.Errorf("with\n%sthe schema refuses it: %v, and the linter: %v", after, is, says)
		}
		cases++
		if says {
			refused++
		}
	}
	if cases < 40 || refused < 10 {
		t.Errorf("%d cases, of which %d are refused", cases, refused)
	}
}

// edited returns an edit of a table; an empty name of the file for what is none.
func edited(paragraph string) (base, file, before, after string) {
	for line := range strings.Lines(paragraph) {
		switch mark, text, _ := strings.Cut(line, " "); mark {
		case "@":
			base, file, _ = strings.Cut(strings.TrimSpace(text), " ")
		case "-":
			before += text
		case "+":
			after += text
		}
	}
	return base, file, before, after
}

// lintsAsInvalid reports whether the linter says of a folder that Helm refuses the values there.
func lintsAsInvalid(t *testing.T, folder string) bool {
	t.Helper()
	output, err := exec.Command(tool, "lint", "--format", "json", "--rule", "ess-values-invalid", folder).Output()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	var found struct {
		Findings []struct{ Rule string }
	}
	if err := json.Unmarshal(output, &found); err != nil {
		t.Fatal(fmt.Errorf("read findings: %w\n%s", err, output))
	}
	return len(found.Findings) > 0
}

// refuses reports whether the schema refuses values. What they lack, the chart has by default.
func refuses(t *testing.T, schema *jsonschema.Schema, file string) bool {
	t.Helper()
	var invalid *jsonschema.ValidationError
	if err := schema.Validate(asJSON(t, file)); !errors.As(err, &invalid) {
		return err != nil
	}
	for _, unit := range invalid.BasicOutput().Errors {
		if unit.Error != nil && (!strings.HasSuffix(unit.KeywordLocation, "/required") || strings.Contains(unit.InstanceLocation, "/additional/")) {
			return true
		}
	}
	return false
}
