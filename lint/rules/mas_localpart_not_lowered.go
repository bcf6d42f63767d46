package rules

import (
	"net/url"
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

// masLocalpart: MAS's policy refuses capitals in the names of users, and identity providers allow them.
func masLocalpart() lint.Rule {
	return lint.Rule{
		Name:      "mas-localpart-not-lowered",
		Severity:  diag.Warning,
		Documents: "mas, compose",
		Title:     "user names are taken over with their capitals",
		Why: "MAS refuses a user name with a capital. When it takes over the name that the identity provider has, a user whose name has one " +
			"there cannot log in.",
		Sees: "the page Policy error: … as username, which does not pass the policy check",
		Quotes: map[string][]string{
			"MAS 1.22.0": {"Policy error", "which does not pass the policy check"},
		},
		Before: example.MAS(strings.ReplaceAll(example.Provider, "/realms/home", "") + strings.Replace(example.Imports, " | lower", "", 1)),
		After:  example.MAS(strings.ReplaceAll(example.Provider, "/realms/home", "") + example.Imports),
		Source: []string{
			"element-hq/matrix-authentication-service policies/register/register.rego",
			"pocket-id/pocket-id backend/internal/dto/validations.go",
			"https://github.com/element-hq/matrix-authentication-service/issues/4562",
		},
		Check: checkMASLocalpart,
	}
}

// mixedCaseClaim matches a claim that may have upper-case letters.
var mixedCaseClaim = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\b(preferred_username|nickname|username|login|email)\b`)
})

func checkMASLocalpart(d *model.Deployment, report func(diag.Finding)) {
	for _, provider := range matrix.EnabledProviders(d) {
		localpart := provider.At("claims_imports", "localpart")
		action, template := localpart.Get("action"), localpart.Get("template")
		text := "{{ user.preferred_username }}"
		var where diag.Position
		switch {
		case template.IsSet():
			text, _ = template.Literal()
			where = template.Position
		case action.IsSet() && matrix.ItemsAreWhole(d.MAS):
			where = action.Position
		default:
			continue
		}
		if !action.Is("force") && !action.Is("require") || strings.Contains(text, "lower") || !mixedCaseClaim().MatchString(text) {
			continue
		}
		if slices.ContainsFunc(matrix.ClaimTemplates(provider), func(t matrix.ClaimTemplate) bool { return t.Name == "localpart" && t.Problem != "" }) {
			continue // nobody logs in by it at all
		}
		if hasLowerNames(provider) && !matrix.IsPocketID(d, provider) {
			continue
		}
		report(diag.Finding{
			Position: where,
			Message:  "whoever has a capital in the name at this identity provider cannot log in, because MAS refuses it",
			Hint:     `write template: "{{ user.preferred_username | lower }}"`,
		})
	}
}

// hasLowerNames says that the provider is one that keeps names in lower case: Keycloak and Kanidm, by the paths of their issuers, and
// Google, which knows addresses alone. Without a known issuer, it may be.
func hasLowerNames(provider *model.Node) bool {
	issuer, known := provider.Get("issuer").Literal()
	if !known {
		return true
	}
	u, err := url.Parse(issuer)
	return err != nil || strings.Contains(u.Path, "/realms/") || strings.HasPrefix(u.Path, "/oauth2/openid/") || u.Hostname() == "accounts.google.com"
}
