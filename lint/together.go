package lint

import (
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Claim is something that one stack of a repository alone may have. It holds nothing of the deployment: there may be a thousand of these.
type Claim struct {
	// Key is the same for all stacks that claim the same.
	Key string
	// Once is the same for claims of a stack of which one clash with another stack is enough to say.
	Once string
	// Clash is what is wrong if a stack of that name claimed it before.
	Clash func(first string) diag.Finding
}

// Claimant is a stack with what it claims.
type Claimant struct {
	Name   string
	Claims []Claim
}

// ClaimsOf returns what a deployment claims by the rules.
func ClaimsOf(rules []Rule, d *model.Deployment) Claimant {
	c := Claimant{Name: d.Name}
	for _, rule := range rules {
		if rule.Claims == nil {
			continue
		}
		for _, claim := range rule.Claims(d) {
			clash := claim.Clash
			claim.Once = rule.Name + " " + claim.Once
			claim.Clash = func(first string) diag.Finding {
				f := clash(first)
				f.Rule = rule.Name
				if f.Severity == 0 {
					f.Severity = rule.Severity
				}
				return f
			}
			c.Claims = append(c.Claims, claim)
		}
	}
	return c
}

// RunTogether returns what is wrong between the stacks of one repository, for each of them in their order: what a stack claims that one before it
// claimed first.
func RunTogether(stacks []Claimant) [][]diag.Finding {
	findings := make([][]diag.Finding, len(stacks))
	owners := map[string]string{}
	for i, s := range stacks {
		said := map[[2]string]bool{}
		for _, claim := range s.Claims {
			owner, isTaken := owners[claim.Key]
			if !isTaken {
				owners[claim.Key] = s.Name
				continue
			}
			if once := [2]string{owner, claim.Once}; owner != s.Name && !said[once] {
				said[once] = true
				findings[i] = append(findings[i], claim.Clash(owner))
			}
		}
	}
	return findings
}
