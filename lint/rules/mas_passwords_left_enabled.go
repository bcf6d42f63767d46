package rules

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// masPasswordsLeftEnabled: MAS offers passwords unless told not to, also where everybody is meant to log in at an identity provider.
func masPasswordsLeftEnabled() lint.Rule {
	return lint.Rule{
		Name:      "mas-passwords-left-enabled",
		Severity:  diag.Warning,
		Documents: "mas",
		Title:     "passwords are on because nothing says otherwise",
		Why: "passwords.enabled is true if it is absent. The login page then has a form for passwords that nobody has, and does not go " +
			"to the identity provider by itself.",
		Sees:   "a form for a password beside the button of the identity provider, and no redirect",
		Before: "-- mas.yaml --\n" + example.Provider + example.HTTP + example.Database + example.Secrets + example.Matrix,
		After:  example.MAS(example.Provider + "passwords:\n  enabled: false\n"),
		Source: []string{
			"element-hq/matrix-authentication-service crates/config/src/sections/passwords.rs",
			"https://element-hq.github.io/matrix-authentication-service/setup/sso.html",
		},
		Check: checkMASPasswordsLeftEnabled,
	}
}

func checkMASPasswordsLeftEnabled(d *model.Deployment, report func(diag.Finding)) {
	providers := matrix.EnabledProviders(d)
	if len(providers) == 0 || d.MAS.Lacks("passwords", "enabled") != model.Yes || d.MAS.At("passwords").Field("enabled") != nil {
		return
	}
	if s := d.MAS.Service; s != nil && s.Env("MAS_PASSWORDS_ENABLED") != nil {
		return
	}
	where := d.MAS.Root.KeyPosition("upstream_oauth2")
	if passwords := d.MAS.At("passwords"); passwords != nil {
		if passwords.Kind != model.Map || passwords.Unknown {
			return
		}
		where = d.MAS.Root.KeyPosition("passwords")
	}
	report(diag.Finding{
		Position: where,
		Message:  "the login page asks for a password too, because passwords.enabled is true if it is absent",
		Hint:     "add passwords: {enabled: false}, or true if that is what you want",
		Related:  []diag.Related{{Position: providers[0].Position, Message: "the identity provider"}},
	})
}
