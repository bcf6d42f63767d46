package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// masAccountTakeover: add and replace let whoever has a name at the identity provider into the account of that name. set does not: it
// fails if the account is linked to somebody.
func masAccountTakeover() lint.Rule {
	return lint.Rule{
		Name:      "mas-account-takeover-possible",
		Severity:  diag.Warning,
		Documents: "mas",
		Title:     "a name at the identity provider opens an account here",
		Why: "With on_conflict add or replace, whoever holds a name at the identity provider enters the account of that name, whoever made " +
			"it. That is only right while nobody can choose a name there.",
		Sees: "nothing: a stranger is logged in",
		Before: example.MAS(example.Provider + `      claims_imports:
        localpart:
          action: require
          template: "{{ user.preferred_username | lower }}"
          on_conflict: add
`),
		After: example.MAS(example.Provider + `      claims_imports:
        localpart:
          action: require
          template: "{{ user.preferred_username | lower }}"
          on_conflict: fail
`),
		Versions: "MAS since 0.20.0",
		Source: []string{
			"https://github.com/element-hq/matrix-authentication-service/issues/4506",
			"https://github.com/element-hq/matrix-authentication-service/issues/4016",
		},
		Check: checkMASAccountTakeover,
	}
}

func checkMASAccountTakeover(d *model.Deployment, report func(diag.Finding)) {
	if d.MAS.Version().Before("0.20.0") {
		return
	}
	for _, provider := range matrix.EnabledProviders(d) {
		localpart := provider.At("claims_imports", "localpart")
		conflict := localpart.Get("on_conflict")
		if !conflict.Is("add") && !conflict.Is("replace") || matrix.IsOther(d.MAS, localpart.Get("action"), "force", "require") {
			continue
		}
		report(diag.Finding{
			Position: conflict.Position,
			Message: fmt.Sprintf("whoever holds a user's name at this identity provider enters that user's account, because on_conflict is %s",
				conflict.Text),
			Hint: "write fail, and link existing users with syn2mas; keep it if nobody can choose or change a name there",
		})
	}
}
