package lint

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// masPasswordsLeftEnabled: MAS offers passwords unless told not to, also where everybody is meant to log in at an identity provider.
func masPasswordsLeftEnabled() Rule {
	return Rule{
		Name:      "mas-passwords-left-enabled",
		Severity:  diag.Warning,
		Documents: "mas",
		Title:     "passwords are on because nothing says otherwise",
		Why: "passwords.enabled is true if it is absent. The login page then has a form for passwords that nobody has, and does not go " +
			"to the identity provider by itself.",
		Sees:   "a form for a password beside the button of the identity provider, and no redirect",
		Before: "-- mas.yaml --\n" + exampleProvider + exampleHTTP + exampleDatabase + exampleSecrets + exampleMatrix,
		After:  masExample(exampleProvider + "passwords:\n  enabled: false\n"),
		Source: []string{
			"element-hq/matrix-authentication-service crates/config/src/sections/passwords.rs",
			"https://element-hq.github.io/matrix-authentication-service/setup/sso.html",
		},
		Check: checkMASPasswordsLeftEnabled,
	}
}

func checkMASPasswordsLeftEnabled(d *model.Deployment, report func(diag.Finding)) {
	providers := enabledProviders(d)
	if len(providers) == 0 || d.MAS.Partial || d.MAS.At("passwords", "enabled") != nil {
		return
	}
	if s := d.MAS.Service; s != nil && s.Env("MAS_PASSWORDS_ENABLED") != nil {
		return
	}
	where := keyPosition(d.MAS.Root, "upstream_oauth2")
	if passwords := d.MAS.At("passwords"); passwords != nil {
		if passwords.Kind != model.Map || passwords.Unknown {
			return
		}
		where = keyPosition(d.MAS.Root, "passwords")
	}
	report(diag.Finding{
		Position: where,
		Message:  "the login page asks for a password too, because passwords.enabled is true if it is absent",
		Hint:     "add passwords: {enabled: false}, or true if that is what you want",
		Related:  []diag.Related{{Position: providers[0].Position, Message: "the identity provider"}},
	})
}

// masNoLoginMethod: with passwords off, somebody else has to say who somebody is.
func masNoLoginMethod() Rule {
	return Rule{
		Name:      "mas-no-login-method",
		Severity:  diag.Error,
		Guide:     GuideNever,
		Documents: "mas",
		Title:     "nobody can log in: passwords are off without a provider",
		Why:       "MAS lets people in with a password or through an identity provider. With neither, nobody can log in or register.",
		Sees:      "a login page without any way to log in",
		Before:    masExample("passwords:\n  enabled: false\n"),
		After:     masExample(exampleProvider + "passwords:\n  enabled: false\n"),
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
