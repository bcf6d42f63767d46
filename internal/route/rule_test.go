package route

import (
	"strings"
	"testing"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// TestCheckRule holds the check against what Traefik 3.7.9 said when it was run.
func TestCheckRule(t *testing.T) {
	for rule, want := range map[string]string{
		"Host(`a`, `b`)":            "unexpected number of parameters; got 2, expected one of [1]",
		"PathPrefix(`/x`, `/y`)":    "unexpected number of parameters",
		`Host("a")`:                 "",
		"Host('a')":                 "single quotes",
		"Host('a.example.org')":     "single quotes",
		"Host(a)":                   "a is not defined",
		"Host(``)":                  "empty value",
		"Host(`a`) & Path(`/`)":     "& is not supported",
		"Headers(`X`,`y`)":          "unsupported function: Headers",
		"HostSNI(`a`)":              "unsupported function: HostSNI",
		"PathRegexp(`^/x`)":         "",
		"Path(`x`)":                 "does not start with a '/'",
		"PathRegexp(`(`)":           "missing closing )",
		"Host(`ä.example.org`)":     "non-ASCII characters are not allowed",
		"Host(`{sub:[a-z]+}.x.de`)": "never matches",
		"PathPrefix(`/_matrix/client/{v:.*}/login`)":           "never matches",
		"Host(`${DOMAIN}`)":                                    "never matches",
		"host(`a`) || HOST(`b`) || Hostregexp(`c`)":            "",
		"Host(`a`) && !(Path(`/x`) || Query(`a`,`b`))":         "",
		"PathRegexp(`^/_matrix/client/[^/]{1,3}/login(/.*)?`)": "",
		"": "expected",
	} {
		got := ""
		if p := CheckRule(rule); p != nil {
			got = p.Reason
		}
		if (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", rule, got, want)
		}
	}
}

func TestMatch(t *testing.T) {
	const compat = "Host(`matrix.example.com`) && PathRegexp(`^/_matrix/client/[^/]+/(login|logout|refresh)(/.*)?$`)"
	for _, test := range []struct {
		rule, host, path string
		want             string
	}{
		{compat, "matrix.example.com", "/_matrix/client/v3/login", "yes"},
		{compat, "MATRIX.example.com", "/_matrix/client/r0/login/sso/redirect/x", "yes"},
		{compat, "matrix.example.com", "/_matrix/client/v3/loginfoo", "no"},
		{compat, "matrix.example.com", "/_matrix/client/v3/profile/login", "no"},
		{compat, "example.com", "/_matrix/client/v3/login", "no"},
		{"PathPrefix(`/_matrix`)", "a", "/_matrixfoo", "yes"},
		{"Path(`/x`)", "a", "/x/", "no"},
		{"HostRegexp(`^.+\\.example\\.com$`)", "a.example.com", "/", "yes"},
		{"Host(`*.example.com`)", "a.example.com", "/", "yes"},
		{"Host(`*.example.com`)", "a.b.example.com", "/", "no"},
		{"Host(`a`) && Method(`post`)", "a", "/", "no"},
		{"Host(`a`) && Header(`X`, `y`)", "a", "/", "unknown"},
		{"Host(`a`) && Header(`X`, `y`)", "b", "/", "no"},
		{"Host(`a`) || ClientIP(`10.0.0.0/8`)", "a", "/", "yes"},
		{"!Host(`a`)", "a", "/", "no"},
		{"!(Host(`a`) || Path(`/x`))", "b", "/", "yes"},
		{"!ClientIP(`10.0.0.0/8`)", "b", "/", "unknown"},
		{"Host(`matrix.${DOMAIN}`)", "matrix.${DOMAIN}", "/", "yes"},
		{"Host(`matrix.${DOMAIN}`)", "auth.${DOMAIN}", "/", "no"},
		{"Host(`${DOMAIN}`)", "auth.${DOMAIN}", "/", "no"},
		{"Host(`${HOST}`)", "auth.${DOMAIN}", "/", "unknown"},
		{"Host(`matrix.${DOMAIN}`)", "matrix.example.com", "/", "unknown"},
		{"Host(`a`) && PathPrefix(`/${P}`)", "a", "/", "unknown"},
	} {
		r, err := parse(test.rule)
		if err != nil {
			t.Fatal(err)
		}
		r.unknown = strings.Contains(test.rule, "${")
		got := "unknown"
		switch matches, known := r.Match(model.Request{Host: test.host, Path: test.path, Method: "GET"}); {
		case known && matches:
			got = "yes"
		case known:
			got = "no"
		}
		if got != test.want {
			t.Errorf("%s on %s%s: %s, want %s", test.rule, test.host, test.path, got, test.want)
		}
	}
}

func TestLabelProblem(t *testing.T) {
	for label, want := range map[string]string{
		"traefik.http.routers.a.rul=x":                                         "field not found, node: rul",
		"traefik.http.router.a.rule=x":                                         "field not found, node: router",
		"traefik.http.routers.a.rule=x":                                        "",
		"TRAEFIK.HTTP.Routers.a.EntryPoints=web":                               "",
		"traefik.http.routers.a.priority=abc":                                  "priority is no number",
		"traefik.http.routers.a.tls=true":                                      "",
		"traefik.http.routers.a.tls=yes":                                       "",
		"traefik.http.middlewares.a.headers.framedeny=yes":                     "framedeny is neither true nor false",
		"traefik.http.routers.a.tls.domains[0].main=x":                         "",
		"traefik.http.routers.a=x":                                             "a cannot be a standalone element",
		"traefik.http.middlewares.a.headers.accesscontrolalloworigin=*":        "field not found, node: accesscontrolalloworigin",
		"traefik.http.middlewares.a.headers.customresponseheaders.X-Y=z":       "",
		"traefik.http.middlewares.a.plugin.demo.headers.Foo=bar":               "",
		"traefik.http.middlewares.a.compress=true":                             "",
		"traefik.http.services.a.loadbalancer.server.port=8008":                "",
		"traefik.http.services.a.loadbalancer.healthcheck.interval=10":         "",
		"traefik.http.services.a.loadbalancer.healthcheck.interval=10 minutes": "interval is no duration",
		"traefik.tcp.routers.a.tls.passthrough=true":                           "",
		"traefik.htp.routers.a.rule=x":                                         "",
		"traefik.docker.network=x":                                             "",
		"com.example=x":                                                        "",
	} {
		name, value, _ := strings.Cut(label, "=")
		got, _, _ := LabelProblem(model.Variable{Name: name, Value: &model.Node{Kind: model.String, Text: value}, Position: diag.Position{}})
		if got != want {
			t.Errorf("%s: %q, want %q", label, got, want)
		}
	}
}
