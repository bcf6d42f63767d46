package rules

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// masClaimsTemplate: MAS fills in the templates when somebody logs in, and not when it starts.
func masClaimsTemplate() lint.Rule {
	return lint.Rule{
		Name:      "mas-claims-template-invalid",
		Severity:  diag.Error,
		Documents: "mas",
		Title:     "MAS cannot fill in a template of claims",
		Why: "The templates below claims_imports are MiniJinja, and MAS reads them at the login: it starts, mas-cli config check is content, and " +
			"the first login of everybody fails.",
		Sees: "an error page after the login at the provider, and: rendered to an empty string, or: unknown filter, in MAS's log",
		Quotes: map[string][]string{
			"MAS 1.22.0": {"rendered to an empty string"},
		},
		Before: example.MAS(example.Provider + strings.Replace(example.Imports, "user.preferred_username", "preferred_username", 1)),
		After:  example.MAS(example.Provider + example.Imports),
		Source: []string{
			"element-hq/matrix-authentication-service crates/handlers/src/upstream_oauth2/template.rs",
			"element-hq/matrix-authentication-service crates/handlers/src/upstream_oauth2/link.rs",
			"https://docs.rs/minijinja/latest/minijinja/syntax/index.html",
		},
		Check: checkClaimsTemplate,
	}
}

func checkClaimsTemplate(d *model.Deployment, report func(diag.Finding)) {
	for _, provider := range matrix.EnabledProviders(d) {
		for _, t := range matrix.ClaimTemplates(provider) {
			if t.Problem == "" {
				continue
			}
			f := diag.Finding{
				Position: t.Node.Position,
				Message:  "logins by this provider fail: the template of " + t.Name + " " + t.Problem,
				Hint:     t.Hint,
			}
			if t.Name != "localpart" && t.Name != "subject" {
				f.Severity = diag.Warning
				f.Message = "the " + t.Name + " of users stays empty or their logins fail: the template " + t.Problem
			}
			report(f)
		}
	}
}
