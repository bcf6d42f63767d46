package matrix

import "testing"

// TestMatchesCallback holds the vectors of Pocket ID's own test, callback_url_util_test.go.
func TestMatchesCallback(t *testing.T) {
	for _, c := range []struct {
		pattern, input string
		want           bool
	}{
		{"https://example.com/callback", "https://example.com/callback", true},
		{"https://example.com/callback", "http://example.com/callback", false},
		{"https://example.com/callback", "https://example.com/callback/", false},
		{"https://example.com/callback", "https://example.com/Callback", false},
		{"*", "https://example.com/callback", true},
		{"*://example.com/callback", "https://example.com/callback", true},
		{"https://*.example.com/callback", "https://subdomain.example.com/callback", true},
		{"https://*.example.com/callback", "https://a.b.example.com/callback", false},
		{"https://*.example.com/callback", "https://malicious.site?url=abc.example.com/callback", false},
		{"https://app*.example.com/callback", "https://app1.example.com/callback", true},
		{"https://example.com:8080/callback", "https://example.com:9090/callback", false},
		{"https://example.com:*/callback", "https://example.com:8080/callback", true},
		{"https://example.com/*", "https://example.com/callback", true},
		{"https://example.com/*", "https://example.com/callback/further", false},
		{"https://example.com/api/*/callback", "https://example.com/api/v1/callback", true},
		{"https://example.com/**/callback", "https://example.com/api/v1/foo/bar/callback", true},
		{"https://example.com/callback", "https://example.com/callback?extra=value", false},
		{"https://example.com/callback?code=*", "https://example.com/callback?code=123", true},
		{"https://example.com/callback?code=*", "https://example.com/callback?code=123&redirect=https://evil.com", false},
		{"https://example.com/callback", "https://example.com/callback#section", true},
		{"https://example.com/callback", "https://example.com/../admin/callback", false},
		{"http://127.0.0.1/callback", "http://127.0.0.1:9999/callback", true},
		{"http://localhost/callback", "http://localhost:9999/callback", true},
		{"http://[::1]/callback", "http://[::1]:9999/callback", true},
		{"https://127.0.0.1/callback", "https://127.0.0.1:8080/callback", false},
		{"http://example.com/callback", "http://example.com:8080/callback", false},
		{"https://example.com/upstream/callback/:id", "https://example.com/upstream/callback/1", false},
	} {
		if got := MatchesCallback(c.pattern, c.input); got != c.want {
			t.Errorf("matchesCallback(%q, %q) = %v", c.pattern, c.input, got)
		}
	}
}
