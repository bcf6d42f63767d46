package lint

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/sensitive"
)

// RunChange returns what the rules on change find between two states of a linked deployment, sorted. Without a state before there is no change.
func RunChange(rules []Rule, before, after *model.Deployment) []diag.Finding {
	if before == nil || after == nil {
		return nil
	}
	var findings []diag.Finding
	for _, rule := range rules {
		if rule.CheckChange == nil {
			continue
		}
		rule.CheckChange(before, after, func(f diag.Finding) {
			f.Rule = rule.Name
			if f.Severity == 0 {
				f.Severity = rule.Severity
			}
			findings = append(findings, f)
		})
	}
	sensitive.HideSecrets(tablesOf(rules), findings, before, after)
	return diag.Sort(findings)
}

// Replaced returns the text of a value before and after. It is false if they are the same, or if one of them is not there or not known.
func Replaced(before, after *model.Node) (from, to string, different bool) {
	from, known := before.Literal()
	to, knownToo := after.Literal()
	return from, to, known && knownToo && from != to
}

// Was names the old value of a setting.
func Was(n *model.Node, text string) []diag.Related {
	return []diag.Related{{Position: n.Position, Message: "before, it was " + text}}
}
