package rules

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
)

// checkSwapped reports the other product's name, and returns whether it is there.
func (r *required) checkSwapped(s facts.Section) bool {
	at, right, wrong := facts.SwappedNames(r.Doc.Kind)
	field := s.Node.Field(wrong)
	if s.Path != at || at == "" || field == nil || !facts.LacksSecret(s.Node, right) {
		return false
	}
	r.report(diag.Finding{
		Position: field.Position,
		Message:  fmt.Sprintf("%s does not start: %s.%s does not exist, and so there is no secret", r.product, at, wrong),
		Hint:     fmt.Sprintf("write %s: it is %s that reads %s", right, otherProduct(r.product), wrong),
		Fix:      diag.Rename(field.Position, field.Key, right),
	})
	return true
}

func otherProduct(product string) string {
	if product == "MAS" {
		return "Synapse"
	}
	return "MAS"
}
