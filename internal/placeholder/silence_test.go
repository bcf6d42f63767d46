package placeholder_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/internal/read"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/rules"
)

// TestSilence lints a deployment in which two services share a secret, and one of them has a text of each form in its place: nothing may be said
// of the two, which may yet become the same. Of the value that looks like the form, it has to be said that it is another secret.
func TestSilence(t *testing.T) {
	for _, f := range placeholder.Forms() {
		t.Run(f.Name, func(t *testing.T) {
			archive, suffix := "testdata/silence.txtar", ""
			switch {
			case f.InTemplates():
				suffix = ".tmpl"
			case f.InCompose():
				archive = "testdata/silence_compose.txtar"
			}
			if differs(t, archive, suffix, f.Example) {
				t.Errorf("%q is taken for a secret", f.Example)
			}
			if !differs(t, archive, "", f.Value) {
				t.Errorf("%q is not taken for a secret", f.Value)
			}
		})
	}
}

// differs reports whether a rule says of an archive that its services have two secrets, if one of them is the text. The suffix makes MAS's file a
// template.
func differs(t *testing.T, name, suffix, text string) bool {
	t.Helper()
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, f := range archive.Files {
		if f.Name == "mas.yaml" {
			f.Name += suffix
		}
		files[f.Name] = &fstest.MapFile{Data: []byte(strings.ReplaceAll(string(f.Data), `"FORM"`, strconv.Quote(text)))}
	}
	found, _, err := read.Deployments(files)
	if err != nil || len(found) != 1 {
		t.Fatal(len(found), err)
	}
	return slices.ContainsFunc(lint.Run(rules.All(), link.Deployments(found...)[0]), func(f diag.Finding) bool {
		return f.Rule == "shared-secret-mismatch" || f.Rule == "database-settings-mismatch"
	})
}

// TestSilenceIsBroken holds that the deployments of TestSilence say something of two secrets, templates included.
func TestSilenceIsBroken(t *testing.T) {
	if !differs(t, "testdata/silence.txtar", "", "one") || !differs(t, "testdata/silence.txtar", ".tmpl", "one") ||
		!differs(t, "testdata/silence_compose.txtar", "", "one") {
		t.Error("nothing is said of two secrets")
	}
}
