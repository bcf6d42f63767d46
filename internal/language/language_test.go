package language_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/language"
)

func load(t *testing.T) *language.Reference {
	t.Helper()
	reference, err := language.Load()
	if err != nil {
		t.Fatal(err)
	}
	return reference
}

// TestFieldsAreWhole: a newcomer learns of every field what to write, and of every group of fields what it is for.
func TestFieldsAreWhole(t *testing.T) {
	reference := load(t)
	for _, path := range reference.Paths() {
		field := reference.Field(path)
		wanted := slices.ContainsFunc(field.Meanings, func(m language.Meaning) bool { return m.Want != "" })
		for _, meaning := range field.Meanings {
			switch {
			case len(field.Fields) == 0 && !wanted:
				t.Errorf("%s says nowhere what to write: @expect is missing", path)
			case len(field.Fields) > 0 && meaning.Doc == "" && !strings.HasPrefix(path, "images."):
				t.Errorf("%s has no comment", path)
			}
			for _, text := range []string{meaning.Doc, meaning.Want, meaning.Default} {
				if strings.Contains(code.ReplaceAllString(text, ""), "<") {
					t.Errorf("%s: a browser takes < for HTML: put it between backticks: %s", path, text)
				}
			}
		}
	}
}

var code = regexp.MustCompile("(?s)```.*?```|`[^`]*`")
