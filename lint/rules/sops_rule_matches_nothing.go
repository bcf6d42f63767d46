package rules

import (
	"fmt"
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/sensitive"
	"github.com/matrixgen/matrixgen/lint"
)

// sopsRuleMatchesNothing: sops encrypts what a rule is for, and says of other files that there is none, to whoever tries.
func sopsRuleMatchesNothing() lint.Rule {
	return lint.Rule{
		Name:      "sops-rule-matches-nothing",
		Severity:  diag.Warning,
		Guide:     lint.GuideNever,
		Documents: "sops",
		Title:     "a file of secrets that no rule of SOPS is for",
		Why: "The rules of .sops.yaml name files by a pattern of their path. A file of secrets that none of them fits cannot be encrypted, and is " +
			"committed as it is.",
		Sees: "no matching creation rules found, from sops",
		Quotes: map[string][]string{
			"SOPS 3.13.3": {"no matching creation rules found"},
		},
		Before: sopsRulesExample,
		After:  sopsRulesExample + "-- .gitignore --\n/deploy/secrets.yaml\n",
		Source: []string{
			"https://github.com/getsops/sops#using-sopsyaml-conf-to-select-kms-pgp-and-age-for-new-files",
			"https://github.com/getsops/sops/issues/611",
		},
		Check: checkSOPSRules,
	}
}

const sopsRulesExample = `-- .sops.yaml --
creation_rules:
  - path_regex: ^private/
    age: age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p
-- deploy/secrets.yaml --
mas: {database_password: Vqk3gXfhZ9TbS2mWc7LrN8dY}
`

// secretKey matches the names of keys that hold a secret.
var secretKey = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(^|[._-])(encryption|password|passwd|pass|secret|token|key|credential)s?$`)
})

func checkSOPSRules(d *model.Deployment, report func(diag.Finding)) {
	for _, doc := range d.Documents {
		if doc.Root == nil || doc.Root.Kind != model.Map || doc.Template || doc.Excerpt || doc.Ignored || doc.Kind == model.KindSOPS || doc.Kind == model.KindSOPSRules ||
			!strings.Contains(strings.ToLower(path.Base(doc.Name)), "secret") {
			continue
		}
		rules := rulesFor(d, doc)
		if rules == nil {
			continue
		}
		var leaf *sensitive.SopsLeaf
		for _, one := range sensitive.PlainLeaves(doc.Root.Fields, func([]string) bool { return true }) {
			text, plain := sensitive.PlainSecret(one.Value)
			if plain && len(text) >= 12 && secretKey().MatchString(one.Path) && leaf == nil {
				leaf = &one
			}
		}
		if leaf == nil {
			continue
		}
		report(diag.Finding{
			Position: leaf.Value.Position,
			Secret:   true,
			Message:  fmt.Sprintf("%s stands here for everybody to read: no rule of %s is for this file, so that sops never encrypts it", leaf.Path, rules.Name),
			Hint:     "add a rule whose path_regex fits the path, run sops encrypt --in-place, and make a new secret if this one was ever committed",
			Related:  []diag.Related{{Position: rules.Root.KeyPosition("creation_rules"), Message: "the rules"}},
		})
	}
}

// rulesFor returns the rules of SOPS above a document, if none of them is for it; nil if one is or may be.
func rulesFor(d *model.Deployment, doc *model.Document) *model.Document {
	for _, rules := range d.Documents {
		folder := path.Dir(rules.Name)
		if rules.Kind != model.KindSOPSRules || rules.Root == nil || folder != "." && !strings.HasPrefix(doc.Name, folder+"/") {
			continue
		}
		for _, rule := range rules.Root.ItemsAt("creation_rules") {
			text, known := rule.Get("path_regex").Literal()
			if _, err := regexp.Compile(text); !known || err != nil {
				return nil // for all files, or not known
			}
		}
		if _, found := sensitive.CreationRule(rules, doc); found {
			return nil
		}
		return rules
	}
	return nil
}
