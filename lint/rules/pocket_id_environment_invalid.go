package rules

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// pocketIDEnvironment: Pocket ID is set up by variables, and checks some of them when it starts.
func pocketIDEnvironment() lint.Rule {
	return lint.Rule{
		Name:      "pocket-id-environment-invalid",
		Severity:  diag.Error,
		Fatal:     true,
		Documents: "compose, mas",
		Title:     "Pocket ID does not take its variables",
		Why: "Pocket ID does not start with an address that has a path, or since version 2 without a key. With an internal address that is " +
			"http, MAS refuses its discovery document.",
		Sees: "APP_URL must not contain a path; ENCRYPTION_KEY must be set; token_endpoint's URL doesn't use a https scheme",
		Quotes: map[string][]string{
			"MAS 1.22.0":       {"token_endpoint's URL doesn't use a https scheme"},
			"Pocket ID 2.14.0": {"APP_URL must not contain a path"},
		},
		Before: `-- compose.yaml --
services:
  pocket-id:
    image: ghcr.io/pocket-id/pocket-id:v2.14.0
    environment:
      APP_URL: https://example.org/id
      ENCRYPTION_KEY_FILE: /run/secrets/pocket-id
    volumes: ["pocket-id:/app/data"]
volumes:
  pocket-id: {}
`,
		After:    "-- compose.yaml --\nservices:\n" + example.PocketID + "volumes:\n  pocket-id: {}\n",
		Versions: "the key: since Pocket ID 2.0.0",
		Source: []string{
			"pocket-id/pocket-id backend/internal/common/env_config.go",
			"pocket-id/pocket-id backend/internal/controller/well_known_controller.go",
		},
		Check: checkPocketIDEnvironment,
	}
}

func checkPocketIDEnvironment(d *model.Deployment, report func(diag.Finding)) {
	for _, s := range d.Of("pocket-id") {
		for _, name := range []string{"APP_URL", "INTERNAL_APP_URL"} {
			text, known := s.Env(name).Literal()
			if name == "APP_URL" {
				text = strings.TrimSuffix(text, "/")
			}
			if u, err := url.Parse(text); known && err == nil && u.Path != "" {
				report(diag.Finding{
					Position: container.EnvironmentPosition(s, name),
					Message:  fmt.Sprintf("Pocket ID does not start: %s ends in the path %s", name, u.Path),
					Hint:     "write " + u.Scheme + "://" + u.Host,
				})
			}
		}
		reportNoKey(d, s, report)
		reportNoAddress(d, s, report)
		reportInternalHTTP(d, s, lint.Guessing(report, d.MAS))
	}
}

// reportNoAddress reports a Pocket ID that is not told where it is: it then says http://localhost:1411, and MAS looks for it elsewhere.
func reportNoAddress(d *model.Deployment, s *model.Service, report func(diag.Finding)) {
	version := s.Image.Version()
	if container.LacksVariable(d, s, "APP_URL") != model.Yes || !s.Image.Known || s.Inactive || version.Known() && version.Major() < 1 {
		return
	}
	if old, set := container.VariableOf(s, "PUBLIC_APP_URL"); set && old.IsSet() {
		f := diag.Finding{
			Position: container.EnvironmentPosition(s, "PUBLIC_APP_URL"),
			Message:  "Pocket ID takes itself for http://localhost:1411: since version 1 it does not read PUBLIC_APP_URL",
			Hint:     "name the variable APP_URL",
		}
		if !version.Known() {
			f.Severity = diag.Warning
		}
		report(f)
		return
	}
	providers := matrix.EnabledProviders(d)
	if len(providers) != 1 || len(d.Of("pocket-id")) != 1 {
		return
	}
	issuer := providers[0].Get("issuer")
	host, known := matrix.PublicHost(issuer)
	if !known || !matrix.IsPublicHost(host) || !matrix.IsPocketID(d, providers[0]) && !leadsTo(d, host, s) {
		return
	}
	report(diag.Finding{
		Position: container.EnvironmentPosition(s, ""),
		Message:  "every login fails: without APP_URL, Pocket ID takes itself for http://localhost:1411, and MAS expects " + issuer.Text,
		Hint:     "set APP_URL: " + issuer.Text,
		Related:  []diag.Related{{Position: issuer.Position, Message: "where MAS looks for it"}},
	})
}

// leadsTo reports whether the proxy leads a host to a service.
func leadsTo(d *model.Deployment, host string, s *model.Service) bool {
	routes, _ := d.Answering(matrix.Get(host, "/"))
	return len(routes) > 0 && routes[0].Reaches(s)
}

func reportNoKey(d *model.Deployment, s *model.Service, report func(diag.Finding)) {
	version := s.Image.Version()
	if container.LacksVariable(d, s, "ENCRYPTION_KEY", "ENCRYPTION_KEY_FILE") != model.Yes || !s.Image.Known || version.Known() && version.Major() < 2 || !version.Known() && s.Image.Digest != "" {
		return
	}
	f := diag.Finding{
		Position: container.EnvironmentPosition(s, ""),
		Message:  "Pocket ID does not start: since version 2 it needs ENCRYPTION_KEY or ENCRYPTION_KEY_FILE",
		Hint:     "set ENCRYPTION_KEY_FILE to a file made with: openssl rand -hex 32",
	}
	if !version.Known() {
		f.Severity = diag.Warning
	}
	report(f)
}

// reportInternalHTTP: Pocket ID puts its internal address into the endpoints that services ask, and MAS takes only https for them.
func reportInternalHTTP(d *model.Deployment, s *model.Service, report func(diag.Finding)) {
	internal, known := s.Env("INTERNAL_APP_URL").Literal()
	if !known || !strings.HasPrefix(internal, "http://") {
		return
	}
	for _, provider := range matrix.EnabledProviders(d) {
		mode := provider.Get("discovery_mode")
		strict := mode.Is("oidc") || !mode.IsSet() && matrix.ItemsAreWhole(d.MAS)
		if !strict || matrix.PocketIDOf(d, provider) != s || provider.Get("token_endpoint").IsSet() || provider.Get("jwks_uri").IsSet() {
			continue
		}
		report(diag.Finding{
			Position: container.EnvironmentPosition(s, "INTERNAL_APP_URL"),
			Message:  "MAS refuses the discovery document of Pocket ID: with this address the token endpoint in there is http",
			Hint:     "delete the variable, or write discovery_mode: insecure in MAS",
			Related:  []diag.Related{{Position: provider.KeyPosition("discovery_mode"), Message: "the provider of MAS"}},
		})
		return
	}
}
