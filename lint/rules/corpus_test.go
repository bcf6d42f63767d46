package rules_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/read"
	"github.com/matrixgen/matrixgen/lint"
)

// shared returns the folder of public stacks beside the repository, which are not part of it; the test is skipped where there is none.
func shared(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("MATRIXGEN_SHARED")
	if dir == "" {
		dir = "../../../shared"
	}
	if _, err := os.Stat(filepath.Join(dir, "corpus")); err != nil {
		t.Skip("no folder shared beside the repository, and no MATRIXGEN_SHARED")
	}
	return dir
}

// TestCorpus lints real public stacks: what is expected must be found at its place, and what is forbidden must not be.
func TestCorpus(t *testing.T) {
	corpus := filepath.Join(shared(t), "corpus")
	text, err := os.ReadFile(filepath.Join(corpus, "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var stacks []struct {
		Dir    string
		Expect []struct {
			File  string
			Line  *int
			Rules []string
			Why   string
		}
		Forbid []struct {
			File      *string
			Rule, Why string
		}
		ForbidAt []struct {
			File       *string
			Rule, Why  string
			Line       *int
			Severities []string `json:"severity"`
		} `json:"forbid_at"`
	}
	if err := json.Unmarshal(text, &stacks); err != nil {
		t.Fatal(err)
	}
	for _, stack := range stacks {
		t.Run(stack.Dir, func(t *testing.T) {
			found := directory(t, filepath.Join(corpus, stack.Dir))
			for _, want := range stack.Expect {
				if !slices.ContainsFunc(found, func(f diag.Finding) bool {
					return f.File == want.File && (want.Line == nil || f.Line == *want.Line) && slices.Contains(want.Rules, f.Rule)
				}) {
					line := ""
					if want.Line != nil {
						line = fmt.Sprintf(":%d", *want.Line)
					}
					t.Errorf("missing: %s%s: %v: %s", want.File, line, want.Rules, want.Why)
				}
			}
			for _, f := range found {
				for _, no := range stack.Forbid {
					if f.Rule == no.Rule && (no.File == nil || f.File == *no.File) {
						t.Errorf("false alarm: %s:%d: %s [%s]: %s", f.File, f.Line, f.Message, f.Rule, no.Why)
					}
				}
				for _, no := range stack.ForbidAt {
					near := no.Line == nil || f.Line >= *no.Line-2 && f.Line <= *no.Line+2
					listed := len(no.Severities) == 0 || slices.Contains(no.Severities, f.Severity.String())
					if f.Rule == no.Rule && (no.File == nil || f.File == *no.File) && near && listed {
						t.Errorf("false alarm: %s:%d: %s [%s]: %s", f.File, f.Line, f.Message, f.Rule, no.Why)
					}
				}
			}
		})
	}
}

func directory(t *testing.T, dir string) []diag.Finding {
	t.Helper()
	found, findings, err := read.Deployments(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	deployments := link.Deployments(found...)
	for _, d := range deployments {
		findings = append(findings, lint.Run(allRules(), d)...)
	}
	return lint.Suppress(allRules(), allRules(), findings, model.Suppressions(deployments...))
}
