package rules_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestGood lints the deployments that archives have as their base: nothing may be found that is more than advice.
func TestGood(t *testing.T) {
	names, err := filepath.Glob("testdata/good/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("found %d deployments, err %v", len(names), err)
	}
	for _, name := range names {
		base := strings.TrimSuffix(filepath.Base(name), ".txtar")
		t.Run(base, func(t *testing.T) { silent(t, good(t, base)) })
	}
}
