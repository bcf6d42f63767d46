package rules

import (
	"slices"

	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
)

// isListed says that a key, or the items of its list, takes only certain values of the kind that stands there.
func isListed(t *format.Type, n *model.Node) bool {
	if t == nil {
		return false
	}
	return slices.ContainsFunc(t.Arms(), func(arm *format.Type) bool {
		return arm.Accepts(n.Kind) && len(arm.Literals) > 0 || arm.Accepts(model.List) && n.Kind != model.List && isListed(arm.Items, n)
	})
}

// isListAlone says that the key takes a list, and no text.
func isListAlone(t *format.Type) bool {
	return t.Accepts(model.List) && !t.Accepts(model.String)
}

// isQuantity says that the key takes a duration or a size: digits with one of certain letters.
func isQuantity(t *format.Type) bool {
	return slices.ContainsFunc(t.Arms(), func(arm *format.Type) bool {
		p := arm.Pattern
		return p != nil && (p.MatchString("7d") || p.MatchString("7M")) && !p.MatchString("7x")
	})
}
