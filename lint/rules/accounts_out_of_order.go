package rules

import (
	"slices"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// accountsOutOfOrder: accounts go from Synapse to MAS once, and only after somebody has moved them.
func accountsOutOfOrder() lint.Rule {
	const own = "password_config:\n  enabled: true\n"
	return lint.Rule{
		Name:      "accounts-out-of-order",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "synapse, mas, compose; against an earlier revision",
		Title:     "accounts move to MAS unprepared, or back to Synapse",
		Why: "Users are moved by syn2mas, with MAS's database and configuration there and Synapse stopped. If MAS signs people in in the change in which " +
			"it appears, it starts with nobody in it. Its first start is the point of no return: it makes and deletes devices in Synapse, and Synapse " +
			"never hears of accounts, passwords and sessions that people make at MAS.",
		Sees:    "nobody can sign in under the name that he had; after going back: the new password is refused, and whoever signed in since is logged out",
		Earlier: example.Synapse(own),
		Before:  example.MAS("") + example.Delegated(""),
		After:   example.MAS("") + example.Synapse(own),
		Source: []string{
			"https://element-hq.github.io/matrix-authentication-service/setup/migration.html",
			"element-hq/matrix-authentication-service crates/cli/src/commands/syn2mas.rs",
		},
		CheckChange: checkAccountsOutOfOrder,
	}
}

func checkAccountsOutOfOrder(before, after *model.Deployment, report func(diag.Finding)) {
	then, now := matrix.DelegationOf(before.Synapse), matrix.DelegationOf(after.Synapse)
	if then == matrix.DelegationUnknown || now == matrix.DelegationUnknown {
		return
	}
	report = lint.Guessing(report, before.Synapse, after.Synapse)
	at := diag.Finding{
		Position: matrix.DelegationPosition(after.Synapse),
		Related:  []diag.Related{{Position: matrix.DelegationPosition(before.Synapse), Message: "before, Synapse signed people in"}},
	}
	switch hadThem := then == matrix.NotDelegated; {
	case !hadThem && now == matrix.NotDelegated:
		at.Subject = "back to Synapse"
		at.Position = ownSignIn(before.Synapse, after.Synapse)
		at.Related[0].Message = "before, MAS signed people in"
		at.Message = "what people did at MAS is lost to Synapse: accounts, passwords, addresses and sessions since it first started"
		at.Hint = "go back only if MAS has not started yet"
	case hadThem && now != matrix.NotDelegated && appears(before, after):
		at.Subject = "prepare"
		at.Message = "MAS starts with nobody in it, and no user of Synapse can sign in under his name: nothing has moved them"
		at.Hint = "have MAS there first without signing anybody in, with accounts: \"prepare\" in a stack, and move the users from there"
	case hadThem && now != matrix.NotDelegated && migrates(before) && !migrates(after):
		at.Subject = "moved"
		at.Message = "nothing is left that moves users to MAS, while they are still in Synapse: MAS starts with nobody in it"
		at.Hint = "say accounts: \"moved\" first, move the users, and say \"mas\" when nobody means to go back"
	default:
		return
	}
	report(at)
}

// ownSignIn returns where a file says how Synapse signs people in, and did not say it before: of a stack that follows from its accounts, and what else it
// says from other fields, too.
func ownSignIn(before, synapse *model.Configuration) diag.Position {
	for _, path := range [][]string{{"password_config", "enabled"}, {"oidc_providers"}, {"enable_registration"}} {
		value, _ := synapse.At(path...).Literal()
		was, _ := before.At(path...).Literal()
		if n := synapse.At(path...); n != nil && (before.At(path...) == nil || was != value) {
			return synapse.At(path[:len(path)-1]...).KeyPosition(path[len(path)-1])
		}
	}
	return matrix.DelegationPosition(synapse)
}

// appears reports whether MAS is new in a deployment, of which every file could be read.
func appears(before, after *model.Deployment) bool {
	return before.MAS == nil && len(before.Of("mas")) == 0 && after.MAS != nil
}

// migrates reports whether a service is there that moves users when somebody calls it.
func migrates(d *model.Deployment) bool {
	return slices.ContainsFunc(d.Of("mas"), func(s *model.Service) bool {
		return s.Inactive && slices.ContainsFunc(s.Node.Get("entrypoint").Entered(), func(word *model.Node) bool { return word.Is("syn2mas") })
	})
}
