package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// masClaims: a template that reads a claim which was never asked for is rendered to nothing.
func masClaims() lint.Rule {
	return lint.Rule{
		Name:      "mas-claims-unavailable",
		Severity:  diag.Warning,
		Documents: "mas",
		Title:     "MAS imports claims that it does not ask for",
		Why: "An identity provider tells the name of a user only with the scope profile, and the address only with email. What MAS imports " +
			"without asking is empty, and a required import then fails.",
		Sees: "Template \"{{ user.preferred_username }}\" rendered to an empty string",
		Quotes: map[string][]string{
			"MAS 1.22.0": {`Template "{{ user.preferred_username }}" rendered to an empty string`},
		},
		Before: example.MAS(strings.Replace(example.Provider, "openid profile email", "openid", 1) + example.Imports),
		After:  example.MAS(example.Provider + example.Imports),
		Source: []string{
			"https://github.com/element-hq/matrix-authentication-service/issues/4736",
			"pocket-id/pocket-id backend/internal/oidc/claims_service.go",
		},
		Check: checkMASClaims,
	}
}

func checkMASClaims(d *model.Deployment, report func(diag.Finding)) {
	for _, provider := range matrix.EnabledProviders(d) {
		if matrix.ItemsAreWhole(d.MAS) {
			imports := importsOf(provider)
			reportScope(provider, imports, report)
			reportUserinfo(provider, imports, report)
		}
		email := provider.At("claims_imports", "email", "action")
		if email.Is("require") && matrix.IsPocketID(d, provider) {
			report(diag.Finding{
				Position: email.Position,
				Message:  "users without an email address cannot log in: it is required, and Pocket ID leaves it out if there is none",
				Hint:     "write action: force",
			})
		}
	}
}

// reportScope compares what MAS asks a provider for with what the templates read. Providers that are not discovered have scopes of their
// own, and so have those that are told what to send by a parameter.
func reportScope(provider *model.Node, imports []claimImport, report func(diag.Finding)) {
	mode, scope := provider.Get("discovery_mode"), provider.Get("scope")
	if mode.IsSet() && !mode.Is("oidc") && !mode.Is("insecure") || provider.At("additional_authorization_parameters", "claims") != nil {
		return
	}
	where, scopes := provider.KeyPosition("scope"), []string{"openid"}
	if scope.IsSet() {
		text, known := scope.Literal()
		if !known {
			return
		}
		where, scopes = scope.Position, strings.Fields(text)
	}
	if !slices.Contains(scopes, "openid") {
		report(diag.Finding{
			Position: where,
			Message:  "the identity provider is not asked for an ID token: scope lacks openid",
			Hint:     "write scope: openid profile email",
		})
	}
	for _, need := range []struct{ scope, claims string }{
		{"profile", `preferred_username|name`}, {"email", `email`},
	} {
		if slices.Contains(scopes, need.scope) {
			continue
		}
		var names []string
		var related []diag.Related
		for _, imported := range imports {
			if imported.reads(need.claims) {
				names = append(names, imported.name)
				related = append(related, diag.Related{Position: imported.position, Message: imported.name + " is imported"})
			}
		}
		if len(names) > 0 {
			report(diag.Finding{
				Position: where,
				Message:  fmt.Sprintf("the %s of users may stay empty: scope lacks %s", strings.Join(names, " and the "), need.scope),
				Hint:     "write scope: openid profile email",
				Related:  related,
			})
		}
	}
}

// reportUserinfo: the claims of the userinfo endpoint are there only if it is asked.
func reportUserinfo(provider *model.Node, imports []claimImport, report func(diag.Finding)) {
	if provider.Get("fetch_userinfo").Bool(false) != model.No {
		return
	}
	for _, imported := range imports {
		if strings.Contains(imported.template, "userinfo_claims") {
			report(diag.Finding{
				Position: imported.position,
				Message:  fmt.Sprintf("the template of %s reads userinfo_claims, and MAS does not fetch them", imported.name),
				Hint:     "add fetch_userinfo: true to the provider",
			})
			return
		}
	}
}

// claimImport is what MAS takes over from a provider.
type claimImport struct {
	name, template string
	position       diag.Position
}

// templateFallback matches what a template says for want of a claim.
var templateFallback = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\bor\b|\bif\b|\bdefault\b|\bis\b`) })

// reads says that the template is nothing without one of the claims of the user.
func (i claimImport) reads(claims string) bool {
	return regexp.MustCompile(`\buser\.(`+claims+`)\b`).MatchString(i.template) && !templateFallback().MatchString(i.template)
}

// importsOf returns what is known to be imported, with the templates that MAS has for what has none.
func importsOf(provider *model.Node) []claimImport {
	var imports []claimImport
	for _, known := range []struct{ name, template string }{
		{"localpart", "{{ user.preferred_username }}"}, {"displayname", "{{ user.name }}"}, {"email", "{{ user.email }}"},
		{"subject", ""}, {"account_name", ""},
	} {
		section := provider.At("claims_imports", known.name)
		action, template := section.Get("action"), section.Get("template")
		imported := known.template == "" || action.Is("suggest") || action.Is("force") || action.Is("require")
		position := provider.KeyPosition("claims_imports")
		if action.IsSet() {
			position = action.Position
		}
		text := known.template
		if template.IsSet() {
			position = template.Position
			text, _ = template.Literal()
		}
		if imported && text != "" {
			imports = append(imports, claimImport{known.name, text, position})
		}
	}
	return imports
}
