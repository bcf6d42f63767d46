package rules_test

import (
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/lint/rules"
)

// TestByHarm: errors come before warnings, and of each what stops a service before what keeps people out, what isolates the server, and what leaks.
func TestByHarm(t *testing.T) {
	given := []diag.Finding{
		{Rule: "image-not-pinned", Severity: diag.Warning, Message: "7"},
		{Rule: "secret-in-plaintext", Severity: diag.Error, Message: "5"},
		{Rule: "unknown-key", Severity: diag.Error, Message: "6"},
		{Rule: "well-known-server-wrong", Severity: diag.Error, Message: "4"},
		{Rule: "compat-route-missing", Severity: diag.Error, Message: "3"},
		{Rule: "secret-reused", Severity: diag.Warning, Message: "6a"},
		{Rule: "syntax-error", Severity: diag.Error, Message: "1"},
		{Rule: "unknown-key", Severity: diag.Error, Message: "2: MAS does not start"},
	}
	var got []string
	for _, f := range rules.ByHarm(given) {
		got = append(got, strings.Split(f.Message, ":")[0])
	}
	if want := "1 2 3 4 5 6 6a 7"; strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
	if given[0].Message != "7" {
		t.Error("the list that was given is changed")
	}
}
