package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
)

// reportImports says which actions of claims_imports MAS refuses together. Versions that do not know a key ignore it.
func reportImports(c *model.Configuration, imports *model.Node, report func(diag.Finding)) {
	localpart := imports.Get("localpart")
	action := localpart.Get("action")
	if skip := imports.Get("skip_confirmation"); skip.True() && !c.Version().Before("1.8.0") {
		if matrix.IsOther(c, action, "require") {
			report(diag.Finding{
				Position: placeOf(action, skip),
				Message:  "MAS does not start: skip_confirmation needs localpart.action to be require",
				Hint:     "write localpart: {action: require}, or delete skip_confirmation",
				Related:  []diag.Related{{Position: skip.Position, Message: "no confirmation"}},
			})
		}
		for _, key := range []string{"displayname", "email"} {
			if other := imports.At(key, "action"); other.Is("suggest") {
				report(diag.Finding{
					Position: other.Position,
					Message:  fmt.Sprintf("MAS does not start: with skip_confirmation nobody can be asked about the %s, so its action cannot be suggest", key),
					Hint:     "write force, require or ignore",
					Related:  []diag.Related{{Position: skip.Position, Message: "no confirmation"}},
				})
			}
		}
	}
	conflict := localpart.Get("on_conflict")
	if !conflict.Is("add") && !conflict.Is("replace") && !conflict.Is("set") || c.Version().Before("0.20.0") {
		return
	}
	if matrix.IsOther(c, action, "force", "require") {
		report(diag.Finding{
			Position: placeOf(action, conflict),
			Message:  fmt.Sprintf("MAS does not start: on_conflict: %s needs localpart.action to be force or require", conflict.Text),
			Hint:     "write action: require, or on_conflict: fail",
			Related:  []diag.Related{{Position: conflict.Position, Message: "what to do when the user exists"}},
		})
	}
}

// placeOf returns where a value stands, or the one that asks for it.
func placeOf(value, asking *model.Node) diag.Position {
	if value.IsSet() {
		return value.Position
	}
	return asking.Position
}
