package rules

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// issuerMismatch: MAS compares the issuer that it is told with the one that the provider names, letter by letter.
func issuerMismatch() lint.Rule {
	return lint.Rule{
		Name:      "issuer-mismatch",
		Severity:  diag.Error,
		Documents: "mas, compose",
		Title:     "the issuer is not the one that Pocket ID names",
		Why: "MAS fetches the discovery document of the provider and refuses it if the issuer in there differs in a single letter from its " +
			"own setting, be it a final slash.",
		Sees: "issuer URLs don't match: expected \"https://id.example.org/\", got \"https://id.example.org\"",
		Quotes: map[string][]string{
			"MAS 1.22.0": {"issuer URLs don't match"},
		},
		Before:  example.MAS(strings.Replace(example.Provider, "/realms/home", "/", 1)) + example.Compose(example.MASService, example.PocketID) + "volumes:\n  pocket-id: {}\n",
		After:   example.MAS(strings.Replace(example.Provider, "/realms/home", "", 1)) + example.Compose(example.MASService, example.PocketID) + "volumes:\n  pocket-id: {}\n",
		Repairs: "writes what Pocket ID names, if the two differ by a slash at the end or by case alone",
		Source: []string{
			"element-hq/matrix-authentication-service crates/oauth2-types/src/oidc.rs",
			"https://github.com/element-hq/matrix-authentication-service/issues/2352",
			"https://github.com/element-hq/matrix-authentication-service/issues/2800",
		},
		Check: checkIssuer,
	}
}

func checkIssuer(d *model.Deployment, report func(diag.Finding)) {
	report = lint.Guessing(report, d.MAS)
	for _, provider := range matrix.EnabledProviders(d) {
		issuer := provider.Get("issuer")
		text, known := issuer.Literal()
		if !known || placeholder.In(text) || provider.Get("discovery_mode").Is("disabled") {
			continue
		}
		s := matrix.PocketIDOf(d, provider)
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
				Related:  []diag.Related{{Position: container.EnvironmentPosition(s, "APP_URL"), Message: "Pocket ID's address"}},
			}
			if strings.EqualFold(strings.TrimSuffix(text, "/"), expected) {
				f.Fix = lint.Rewrite(issuer, expected)
			}
			report(f)
		}
	}
}

// pocketIDIssuer returns the issuer that Pocket ID names, by its APP_URL.
func pocketIDIssuer(app string) string { return strings.TrimSuffix(strings.ToLower(app), "/") }
