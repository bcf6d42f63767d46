package rules_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/matrixgen/matrixgen/internal/compile"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/link"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/read"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/rules"
)

// allRules is one list for all tests of this package: they lint some thousand times, and making a list takes as long as linting with it.
var allRules = sync.OnceValue(rules.All)

// TestRulesAreWhole: every rule has all its parts, and its before and after are what they say.
func TestRulesAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, rule := range allRules() {
		t.Run(rule.Name, func(t *testing.T) {
			if seen[rule.Name] {
				t.Error("the name is taken")
			}
			seen[rule.Name] = true
			if !regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`).MatchString(rule.Name) {
				t.Error("the name is not in lower case with dashes")
			}
			if rule.Severity == 0 || rule.Documents == "" || rule.Why == "" || rule.Sees == "" || len(rule.Source) == 0 || kinds(rule) != 1 {
				t.Error("a part is missing")
			}
			if rule.Title == "" || len(rule.Title) > 60 || strings.HasSuffix(rule.Title, ".") {
				t.Errorf("title %q", rule.Title)
			}
			run := run
			if rule.Earlier != "" {
				run = func(t *testing.T, archive string) []diag.Finding { return runChange(t, rule.Earlier, archive) }
			} else if rule.CheckChange != nil {
				t.Fatal("no earlier deployment")
			}
			before := run(t, rule.Before)
			if len(before) == 0 {
				t.Error("before has no finding")
			}
			for _, f := range before {
				if f.Rule != rule.Name {
					t.Errorf("before has another finding: %s: %s %d:%d %s", f.Rule, f.File, f.Line, f.Column, f.Message)
				}
				if f.File == "" || f.Line == 0 || f.Column == 0 {
					t.Errorf("no position: %+v", f)
				}
			}
			for _, f := range run(t, rule.After) {
				if strings.HasPrefix(f.Hint, "acknowledged: ") {
					continue
				}
				t.Errorf("after has a finding: %s: %s:%d:%d %s", f.Rule, f.File, f.Line, f.Column, f.Message)
			}
		})
	}
}

// kinds counts the ways in which a rule looks at deployments.
func kinds(rule lint.Rule) int {
	n := 0
	for _, is := range []bool{rule.Check != nil, rule.CheckChange != nil, rule.Claims != nil} {
		if is {
			n++
		}
	}
	return n
}

// runTogether lints the stacks of an archive, which have no secrets yet, as those of one repository.
func runTogether(t *testing.T, archive string) []diag.Finding {
	t.Helper()
	files := fstest.MapFS{}
	for _, f := range txtar.Parse([]byte(archive)).Files {
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	names, err := compile.Stacks(files)
	if err != nil {
		t.Fatal(err)
	}
	compiler, err := compilers.Take()
	if err != nil {
		t.Fatal(err)
	}
	defer compilers.Give(compiler)
	var stacks []lint.Claimant
	var findings []diag.Finding
	for _, name := range names {
		compiled, wrong, err := compiler.Compile(files, name)
		if err != nil || compiled == nil {
			t.Fatalf("%s does not compile: %v, %v", name, wrong, err)
		}
		stacks = append(stacks, lint.ClaimsOf(allRules(), link.Deployment(compiled)))
	}
	for _, found := range lint.RunTogether(stacks) {
		findings = append(findings, found...)
	}
	return findings
}

// run lints the files of a txtar archive: guides on their own, and the rest as one directory, or as a stack, which has no secrets yet.
func run(t *testing.T, archive string) []diag.Finding {
	t.Helper()
	if strings.HasPrefix(archive, "-- stacks/") {
		return runTogether(t, archive)
	}
	if strings.Contains(archive, "-- stack.cue --\n") {
		d := state(t, archive)
		return slices.DeleteFunc(lint.Run(allRules(), d), func(f diag.Finding) bool { return f.Rule == "sops-binding-missing" })
	}
	files := fstest.MapFS{}
	var guides []diag.Finding
	for _, f := range txtar.Parse([]byte(archive)).Files {
		if filepath.Ext(f.Name) == ".md" {
			guides = append(guides, markdown(t, f.Name, f.Data)...)
			continue
		}
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	if len(files) == 0 && !strings.Contains(archive, ".md --\n") {
		t.Fatal("the archive has no files")
	}
	return diag.Sort(append(lintFiles(t, files), guides...))
}

// lintFiles lints files as a directory that matrixgen never saw.
func lintFiles(t *testing.T, files fstest.MapFS) []diag.Finding {
	t.Helper()
	found, findings, err := read.Deployments(files)
	if err != nil {
		t.Fatal(err)
	}
	deployments := link.Deployments(found...)
	for _, d := range deployments {
		findings = append(findings, lint.Run(allRules(), d)...)
	}
	return lint.Suppress(allRules(), allRules(), findings, model.Suppressions(deployments...))
}
