package rules_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/read"
	"github.com/matrixgen/matrixgen/lint"
)

// expectation is a mistake of the guide: a rule with its severity, or any if that is "", on one of some lines.
type expectation struct {
	first, last int
	rule        string
	severity    string
}

func (e expectation) matches(f diag.Finding) bool {
	return f.Rule == e.rule && f.Line >= e.first && f.Line <= e.last && (e.severity == "" || f.Severity.String() == e.severity)
}

// TestGuide lints a real guide, whose mistakes a person listed: at least nine in ten of them have to be found at their line, and nothing else.
func TestGuide(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(shared(t), "guide.md"))
	if err != nil {
		t.Skip("no guide in the folder shared")
	}
	expected := expectations(t)
	found := markdown(t, "guide.md", text)
	missing := 0
	for _, e := range expected {
		if !slices.ContainsFunc(found, e.matches) {
			missing++
			t.Logf("missing: %d-%d: %s %s", e.first, e.last, e.severity, e.rule)
		}
	}
	if missing*10 > len(expected) {
		t.Errorf("%d of %d mistakes are missing", missing, len(expected))
	}
	for _, f := range found {
		if !slices.ContainsFunc(expected, func(e expectation) bool { return e.matches(f) }) {
			t.Errorf("false alarm: %d:%d: %s: %s [%s]", f.Line, f.Column, f.Severity, f.Message, f.Rule)
		}
	}
}

// expectations reads testdata/guide.txt: lines of "<line or first-last> <severity> <rule>".
func expectations(t *testing.T) []expectation {
	t.Helper()
	table, err := os.ReadFile("testdata/guide.txt")
	if err != nil {
		t.Fatal(err)
	}
	var expected []expectation
	for line := range strings.Lines(string(table)) {
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(line, "#") {
			continue
		}
		first, last, found := strings.Cut(fields[0], "-")
		if !found {
			last = first
		}
		e := expectation{rule: fields[2], severity: fields[1]}
		var wrong, wrongToo error
		e.first, wrong = strconv.Atoi(first)
		e.last, wrongToo = strconv.Atoi(last)
		if wrong != nil || wrongToo != nil {
			t.Fatalf("%q", line)
		}
		expected = append(expected, e)
	}
	return expected
}

// markdown lints a guide.
func markdown(t *testing.T, name string, text []byte) []diag.Finding {
	t.Helper()
	found, findings, err := read.Markdown(name, text)
	if err != nil {
		t.Fatal(err)
	}
	deployments := link.Deployments(found...)
	for _, d := range deployments {
		findings = append(findings, lint.Run(allRules(), d)...)
	}
	return lint.Suppress(allRules(), allRules(), findings, model.Suppressions(deployments...))
}
