package lint

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// RunTogether returns what the rules on the stacks of one repository find, by the deployment that it is in.
func RunTogether(rules []Rule, all []*model.Deployment) map[*model.Deployment][]diag.Finding {
	findings := map[*model.Deployment][]diag.Finding{}
	for _, rule := range rules {
		if rule.CheckTogether == nil {
			continue
		}
		rule.CheckTogether(all, func(at *model.Deployment, f diag.Finding) {
			f.Rule = rule.Name
			if f.Severity == 0 {
				f.Severity = rule.Severity
			}
			findings[at] = append(findings[at], f)
		})
	}
	return findings
}
