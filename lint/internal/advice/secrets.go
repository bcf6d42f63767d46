package advice

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/internal/sensitive"
)

// CompareSecrets reports the finding if two services that have to share a secret do not: the values differ, or, as a warning, they come from
// two variables. No message ever holds a value.
func CompareSecrets(a, b *sensitive.Secret, f diag.Finding, report func(diag.Finding)) {
	if a == nil || b == nil {
		return
	}
	if first, second, differ := facts.TwoSources(a.Inline, b.Inline); differ {
		f.Severity = diag.Warning
		f.Message += ", and nothing makes the variables " + first + " and " + second + " that they come from equal"
		report(f)
		return
	}
	text, _ := a.Value.Literal()
	other, _ := b.Value.Literal()
	if model.Compare(a.Value, b.Value) == model.No && text != "" && other != "" && !isStandIn(text) && !isStandIn(other) {
		f.Message += ", and they differ"
		report(f)
	}
}

// isStandIn reports whether something else is to stand in the place of a text where a secret belongs.
func isStandIn(text string) bool { return placeholder.In(text) || placeholder.IsProse(text) }
