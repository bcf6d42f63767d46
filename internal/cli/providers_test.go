package cli

import (
	"regexp"
	"slices"
	"testing"

	"github.com/matrixgen/matrixgen/schema"
)

// TestProvidersOfInit: init offers every kind of provider that the language has.
func TestProvidersOfInit(t *testing.T) {
	text, err := schema.Files.ReadFile("stack/providers.cue")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^\tkind: .*? @expect`).Find(text)
	var kinds []string
	for _, match := range regexp.MustCompile(`\| "([a-z-]+)"`).FindAllSubmatch(line, -1) {
		kinds = append(kinds, string(match[1]))
	}
	if kinds = append(kinds, "none"); len(kinds) < 5 || !slices.Equal(kinds, providers) {
		t.Errorf("the language has %v, init offers %v", kinds, providers)
	}
}
