package route

import (
	"strings"
	"testing"
)

// TestPaths: a rule that asks for more than hosts and paths, or joins them in another way than people read a list, is not made a list.
func TestPaths(t *testing.T) {
	for rule, want := range map[string]string{
		"Host(`a.example`)":                                           "",
		"Host(`a.example`) || HostRegexp(`^b`)":                       "",
		"Host(`a.example`) && (Path(`/x`) || PathPrefix(`/y/`))":      "/x, /y/*",
		"PathRegexp(`^/_matrix/client/[^/]+/(login|logout)(/.*)?$`)":  "/_matrix/client/*/(login|logout)",
		"Host(`a.example`) && Path(`/x`) || Host(`b.example`)":        "unreadable",
		"Path(`/x`) && PathPrefix(`/y`)":                              "unreadable",
		"Host(`a.example`) && !PathPrefix(`/x`)":                      "unreadable",
		"Host(`a.example`) && Method(`GET`)":                          "unreadable",
		"Host(`a.example`) && Header(`X-Secret`, `do not show this`)": "unreadable",
	} {
		parsed, err := parse(rule)
		if err != nil {
			t.Fatal(err)
		}
		got := "unreadable"
		if conditions, readable := Paths(parsed); readable {
			got = strings.Join(conditions, ", ")
		}
		if got != want {
			t.Errorf("Paths(%s) = %q, want %q", rule, got, want)
		}
	}
	if _, readable := Paths(opaque{}); readable {
		t.Error("a rule that is not understood is readable")
	}
}
