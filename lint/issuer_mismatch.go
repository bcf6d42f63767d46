package lint

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// issuerMismatch: MAS compares the issuer that it is told with the one that the provider names, letter by letter.
func issuerMismatch() Rule {
	return Rule{
		Name:      "issuer-mismatch",
		Severity:  diag.Error,
		Documents: "mas, compose",
		Title:     "the issuer is not the one that Pocket ID names",
		Why: "MAS fetches the discovery document of the provider and refuses it if the issuer in there differs in a single letter from its " +
			"own setting, be it a final slash.",
		Sees:    "issuer URLs don't match: expected https://id.example.org/, got https://id.example.org",
		Before:  masExample(strings.Replace(exampleProvider, "/realms/home", "/", 1)) + composeExample(exampleMASService, examplePocketID),
		After:   masExample(strings.Replace(exampleProvider, "/realms/home", "", 1)) + composeExample(exampleMASService, examplePocketID),
		Repairs: "writes what Pocket ID names, if the two differ by a slash at the end or by case alone",
		Source: []string{
			"element-hq/matrix-authentication-service crates/oauth2-types/src/oidc.rs",
			"https://github.com/element-hq/matrix-authentication-service/issues/2352",
			"https://github.com/element-hq/matrix-authentication-service/issues/2800",
		},
		Check: checkIssuer,
	}
}

const examplePocketID = `  pocket-id:
    image: ghcr.io/pocket-id/pocket-id:v2.14.0
    environment:
      APP_URL: https://id.example.org
      ENCRYPTION_KEY_FILE: /run/secrets/pocket-id
`

func checkIssuer(d *model.Deployment, report func(diag.Finding)) {
	report = guessing(report, d.MAS)
	for _, provider := range enabledProviders(d) {
		issuer := provider.Get("issuer")
		text, known := issuer.Literal()
		if !known || model.IsPlaceholder(text) || provider.Get("discovery_mode").Is("disabled") {
			continue
		}
		s := pocketIDOf(d, provider)
		if s == nil {
			continue
		}
		app, known := s.Env("APP_URL").Literal()
		if u, err := url.Parse(app); err != nil || u.Path != "" && u.Path != "/" {
			continue // Pocket ID does not start: pocket-id-environment-invalid
		}
		if expected := pocketIDIssuer(app); known && text != expected {
			f := diag.Finding{
				Position: issuer.Position,
				Message:  fmt.Sprintf("MAS refuses the discovery document of Pocket ID: that names the issuer %s, and this is %s", expected, text),
				Hint:     "write " + expected,
				Related:  []diag.Related{{Position: environmentPosition(s, "APP_URL"), Message: "Pocket ID's address"}},
			}
			if strings.EqualFold(strings.TrimSuffix(text, "/"), expected) {
				f.Fix = rewrite(issuer, expected)
			}
			report(f)
		}
	}
}

// pocketIDIssuer returns the issuer that Pocket ID names, by its APP_URL.
func pocketIDIssuer(app string) string { return strings.TrimSuffix(strings.ToLower(app), "/") }

// pocketIDOf returns the Pocket ID of the deployment that a provider of MAS is: that of the same host, or the only one for a provider that is
// called so or that has a client there.
func pocketIDOf(d *model.Deployment, provider *model.Node) *model.Service {
	services := d.Of("pocket-id")
	issuer, known := provider.Get("issuer").Literal()
	u, err := url.Parse(issuer)
	if !known || err != nil || u.Host == "" {
		return nil
	}
	for _, s := range services {
		app, known := s.Env("APP_URL").Literal()
		if own, err := url.Parse(app); known && err == nil && strings.EqualFold(own.Host, u.Host) {
			return s
		}
	}
	if len(services) == 1 && len(enabledProviders(d)) == 1 && (isPocketID(d, provider) || hasClient(d, provider)) {
		return services[0]
	}
	return nil
}
