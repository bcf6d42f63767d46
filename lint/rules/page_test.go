package rules_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite docs/rules and the expected findings")

// TestPages holds docs/rules to the rules: a page for each, rendered from it, and no other.
func TestPages(t *testing.T) {
	const folder = "../../docs/rules"
	var index strings.Builder
	index.WriteString("# Rules\n\nWhat `matrixgen lint` and `matrixgen build` check. Each page is rendered from the rule: `go test ./lint/rules -update`.\n\n| rule | severity | what is wrong |\n|---|---|---|\n")
	pages := map[string]string{}
	for _, rule := range allRules() {
		pages[rule.Name+".md"] = rule.Page()
		index.WriteString("| [" + rule.Name + "](" + rule.Name + ".md) | " + rule.Severity.String() + " | " + rule.Title + " |\n")
	}
	pages["README.md"] = index.String()
	if *update {
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range pages {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if _, ok := pages[entry.Name()]; !ok {
			t.Errorf("docs/rules/%s belongs to no rule", entry.Name())
		}
	}
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || string(got) != want {
			t.Errorf("docs/rules/%s is not what the rule says: go test ./lint/rules -update (%v)", name, err)
		}
	}
}

// quoted matches a program and its version.
var quoted = regexp.MustCompile(`^(Docker Compose|Element Web|Helm|LiveKit|MAS|Pocket ID|PostgreSQL|SOPS|Synapse|Traefik|coturn|lk-jwt-service|matrix-tools|mautrix-go|nginx) \d+(\.\d+)+$`)

// TestQuotes holds what pages quote: it stands in what people see, word for word, with the program and the version that says so. Rules without words of a
// program are listed, with the reason.
func TestQuotes(t *testing.T) {
	const list = "testdata/unquoted.txt"
	listed, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	reasons := map[string]string{}
	for line := range strings.Lines(string(listed)) {
		name, reason, _ := strings.Cut(strings.TrimSpace(line), ": ")
		reasons[name] = reason
	}
	var without strings.Builder
	for _, rule := range allRules() {
		if len(rule.Quotes) == 0 {
			reason := reasons[rule.Name]
			switch {
			case reason != "":
			case strings.HasPrefix(rule.Sees, "nothing"):
				reason = "nothing is printed"
			default:
				t.Errorf("%s quotes no program: say in %s, why", rule.Name, list)
			}
			without.WriteString(rule.Name + ": " + reason + "\n")
		}
		for by, words := range rule.Quotes {
			if !quoted.MatchString(by) {
				t.Errorf("%s: %q is no program with a version", rule.Name, by)
			}
			for _, w := range words {
				if w == "" || !strings.Contains(rule.Sees, w) {
					t.Errorf("%s: %q of %s does not stand in what people see: %s", rule.Name, w, by, rule.Sees)
				}
			}
		}
	}
	if *update {
		if err := os.WriteFile(list, []byte(without.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if string(listed) != without.String() {
		t.Errorf("%s is not the list of rules without quotes, want\n%s", list, &without)
	}
}
