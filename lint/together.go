package lint

import (
	"crypto/sha256"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Claim is something that one stack of a repository alone may have. It holds nothing of the deployment: there may be ten thousand of these.
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
	claims []held
}

// held is a claim in little memory: its words are known by their sums.
type held struct {
	key, once sum
	rule      *Rule
	clash     func(first string) diag.Finding
}

// sum is long enough that two texts never have the same one.
type sum [16]byte

func sumOf(text string) sum {
	whole := sha256.Sum256([]byte(text))
	return sum(whole[:])
}

// ClaimsOf returns what a deployment claims by the rules, and holds on to these.
func ClaimsOf(rules []Rule, d *model.Deployment) Claimant {
	c := Claimant{Name: d.Name}
	for i := range rules {
		rule := &rules[i]
		if rule.Claims == nil {
			continue
		}
		for _, claim := range rule.Claims(d) {
			c.claims = append(c.claims, held{key: sumOf(claim.Key), once: sumOf(rule.Name + " " + claim.Once), rule: rule, clash: claim.Clash})
		}
	}
	return c
}

// RunTogether returns what is wrong between the stacks of one repository, for each of them in their order: what a stack claims that one before it
// claimed first.
func RunTogether(stacks []Claimant) [][]diag.Finding {
	findings := make([][]diag.Finding, len(stacks))
	owners := map[sum]int{}
	for i, s := range stacks {
		type clash struct {
			owner int
			once  sum
		}
		said := map[clash]bool{}
		for _, claim := range s.claims {
			owner, isTaken := owners[claim.key]
			if !isTaken {
				owners[claim.key] = i
				continue
			}
			if once := (clash{owner, claim.once}); owner != i && !said[once] {
				said[once] = true
				findings[i] = append(findings[i], claim.finding(stacks[owner].Name))
			}
		}
	}
	return findings
}

// finding is what is wrong if a stack of that name claimed it before.
func (h held) finding(first string) diag.Finding {
	f := h.clash(first)
	f.Rule = h.rule.Name
	if f.Severity == 0 {
		f.Severity = h.rule.Severity
	}
	return f
}
