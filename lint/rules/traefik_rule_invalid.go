package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/matrix"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/internal/route"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// traefikRuleInvalid: the language of rules changed with Traefik 3. Some old rules are refused, others are taken and match nothing.
func traefikRuleInvalid() lint.Rule {
	return lint.Rule{
		Name:      "traefik-rule-invalid",
		Severity:  diag.Error,
		Documents: "compose, traefik",
		Title:     "Traefik does not understand a rule",
		Why: "A router whose rule Traefik does not understand is left out, and its host answers 404. Traefik 3 takes one value for each matcher, " +
			"and no patterns in braces.",
		Sees: "404 page not found; in Traefik's log: unexpected number of parameters; got 2, expected one of [1]",
		Quotes: map[string][]string{
			"Traefik 3.7.13": {"404 page not found", "unexpected number of parameters; got 2, expected one of [1]"},
		},
		Before:   example.Routed("", example.AccountRouter("Host(`auth.example.org`, `account.example.org`)")),
		After:    example.Routed("", example.AccountRouter("Host(`auth.example.org`) || Host(`account.example.org`)")),
		Versions: "Traefik 3, and PathRegexp in Traefik 2",
		Repairs:  "puts values in backticks, and gives each matcher one value",
		Source: []string{
			"https://doc.traefik.io/traefik/migrate/v2-to-v3-details/#router-rule-matchers",
			"traefik/traefik pkg/muxer/http/matcher.go",
			"https://github.com/spantaleev/matrix-docker-ansible-deploy/issues/3430",
		},
		Check: checkTraefikRuleInvalid,
	}
}

func checkTraefikRuleInvalid(d *model.Deployment, report func(diag.Finding)) {
	version := d.Proxy.Version()
	for i := range d.Routes {
		r := &d.Routes[i]
		if r.Rule == nil || r.At("rulesyntax").Is("v2") || d.Proxy.Static["core.defaultrulesyntax"].Is("v2") || isCut(r.Rule) ||
			matrix.IsForeignRoute(d, r) || placeholder.FillsBraces(d, r.Rule.Text) {
			continue
		}
		f := diag.Finding{Position: r.Rule.Position}
		problem := route.Problem(r)
		switch {
		case version.Known() && version.Major() < 3:
			if !route.UsesPathRegexp(r.Rule.Text) {
				continue
			}
			f.Message = fmt.Sprintf("Traefik 2 drops the router %s: it has no matcher PathRegexp", r.Name)
			f.Hint = "use PathPrefix(`/{name:regexp}`), or Traefik 3"
		case problem == nil || r.Rule.Unknown && strings.Contains(problem.Reason, "never matches"):
			continue
		default:
			f.Message = fmt.Sprintf("the router %s answers nothing: %s", r.Name, problem.Reason)
			f.Hint = problem.Hint
			if repaired := route.RepairRule(r.Rule.Text); repaired != "" && !r.Rule.Unknown {
				f.Fix = repairRule(r, repaired)
			}
			if problem.FineBefore && !version.Known() {
				f.Severity = diag.Warning
				f.Message = fmt.Sprintf("the router %s answers nothing with Traefik 3: %s", r.Name, problem.Reason)
			}
		}
		if isInSample(d, r.Rule) {
			f.Severity = diag.Warning // whoever copies it has the mistake
		}
		report(f)
	}
}

// isInSample reports whether a rule stands in a sample, which people copy, of this deployment or of the one that has the proxy.
func isInSample(d *model.Deployment, rule *model.Node) bool {
	docs := d.Documents
	if home := d.Proxy.Home; home != nil {
		docs = slices.Concat(docs, home.Documents)
	}
	return slices.ContainsFunc(docs, func(doc *model.Document) bool {
		return doc.Sample && doc.Root != nil && doc.Root.Position.File == rule.Position.File
	})
}

func repairRule(r *model.Route, rule string) *diag.Fix {
	if r.Owner == nil {
		return lint.Rewrite(r.Rule, rule)
	}
	return lint.RewriteLabel(r.Owner, r.Rule, rule)
}

// isCut reports whether a reference stands for more than a value of the rule: outside of quotes, the rule itself is not known.
func isCut(rule *model.Node) bool {
	if !rule.Unknown {
		return false
	}
	quoted, found := false, false
	for i, c := range rule.Text {
		switch {
		case c == '`' || c == '"':
			quoted = !quoted
		case strings.HasPrefix(rule.Text[i:], "${"):
			found = true
			if !quoted {
				return true
			}
		}
	}
	return !found
}
