package rules

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// masNoLoginMethod: with passwords off, somebody else has to say who somebody is.
func masNoLoginMethod() lint.Rule {
	return lint.Rule{
		Name:      "mas-no-login-method",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "mas",
		Title:     "nobody can log in: passwords are off without a provider",
		Why:       "MAS lets people in with a password or through an identity provider. With neither, nobody can log in or register.",
		Sees:      "a login page with No login methods available.",
		Quotes: map[string][]string{
			"MAS 1.22.0": {"No login methods available."},
		},
		Before: example.MAS("passwords:\n  enabled: false\n"),
		After:  example.MAS(example.Provider + "passwords:\n  enabled: false\n"),
		Source: []string{
			"element-hq/matrix-authentication-service crates/config/src/sections/passwords.rs",
			"https://element-hq.github.io/matrix-authentication-service/setup/sso.html",
		},
		Check: checkMASNoLoginMethod,
	}
}

func checkMASNoLoginMethod(d *model.Deployment, report func(diag.Finding)) {
	enabled := d.MAS.At("passwords", "enabled")
	if !enabled.False() || d.MAS.Partial {
		return
	}
	upstream := d.MAS.At("upstream_oauth2")
	providers := upstream.Get("providers")
	if upstream != nil && upstream.Unknown || providers != nil && (providers.Unknown || providers.Kind != model.List) {
		return
	}
	finding := diag.Finding{
		Position: enabled.Position,
		Message:  "nobody can log in: passwords are off, and there is no identity provider that is on",
		Hint:     "add a provider below upstream_oauth2, or allow passwords",
	}
	if providers != nil {
		for _, provider := range providers.Items {
			if !provider.Get("enabled").False() {
				return
			}
			finding.Related = append(finding.Related, diag.Related{Position: provider.Get("enabled").Position, Message: "this one is off"})
		}
	}
	report(finding)
}
