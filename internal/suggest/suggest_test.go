package suggest_test

import (
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/suggest"
)

func TestAlike(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"display_name", "displayname", true}, {"display-Name_", "_DISPLAYNAME", true}, {"É", "é", true}, {"", "_-", true},
		{"displayname", "displaynames", false}, {"a", "b", false}, {"\xff", "\xfe", true}, {"a\xff", "a", false},
	} {
		if suggest.Alike(test.a, test.b) != test.want || suggest.Alike(test.b, test.a) != test.want {
			t.Errorf("%q and %q: want %v", test.a, test.b, test.want)
		}
	}
}

// TestMeant: only what leaves no doubt.
func TestMeant(t *testing.T) {
	for _, test := range []struct{ name, candidates, want string }{
		{"max_uplod_size", "max_upload_size max_image_pixels", "max_upload_size"},
		{"displayName", "display_name displayed_name", "display_name"},
		{"federations", "federation federate", "federation"},
		{"federatoin", "federation", "federation"},
		{"smpt", "smtp", ""},           // half of it
		{"rul", "rule", ""},            // too short
		{"lisen", "listen lister", ""}, // either
		{"a_b", "ab a-b", ""},          // either
		{"msc4190_enabled", "msc4140_enabled", ""},
		{"colour", "flavour", ""},
		{"x", "", ""},
	} {
		if got := suggest.Meant(test.name, strings.Fields(test.candidates)); got != test.want {
			t.Errorf("%s among %s: %q, want %q", test.name, test.candidates, got, test.want)
		}
	}
}
