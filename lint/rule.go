// Package lint runs rules: what stops a Matrix server from starting or its users from logging in, found in the documents of a deployment
// before anything is deployed. A rule knows documents and services, not where they come from: a compiled stack and a directory that nobody
// generated look the same to it. It never guesses: what it cannot see, it does not judge. The rules themselves are in lint/rules.
package lint

import (
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/sensitive"
)

// Rule is one thing that a deployment can have wrong. Its page, its explanation in the terminal and its first two tests are made of it.
type Rule struct {
	// Name is the rule's name in findings: a few words in lower case, joined by dashes. It never changes.
	Name string
	// Severity is that of its findings, unless one says otherwise.
	Severity diag.Severity
	// Fatal says that its errors cannot be suppressed: the service does not start, or a secret leaks.
	Fatal bool
	// Guide says what the rule has to say about a guide, whose blocks are seldom all of a deployment.
	Guide GuideUse
	// Documents are those that the rule reads, in the words of the catalogue: "mas, compose".
	Documents string
	// Title says what is wrong in at most sixty letters, without a capital or a full stop.
	Title string
	// Why says what happens to an operator whose deployment has it, in a sentence or two.
	Why string
	// Sees is what the operator sees: the words of the log or the page, as far as upstream prints any.
	Sees string
	// Quotes are the words in Sees that are word for word those of a program, by its name and the version that says so: "Synapse 1.163.2".
	Quotes map[string][]string
	// Before and After are small deployments in txtar form: the first has exactly this finding, the second none.
	Before, After string
	// Versions says for which versions of which product the rule holds; "" for all that matrixgen knows.
	Versions string
	// Repairs says what --fix does about some or all of its findings, to follow "--fix "; "" for nothing.
	Repairs string
	// Source is where upstream says so: URLs, or paths in upstream's repositories.
	Source []string
	// Check reports what is wrong. A finding needs a position and a message; rule and severity are filled in.
	Check func(d *model.Deployment, report func(diag.Finding))
	// CheckChange is there instead in rules on change: it reports what is wrong with how a deployment changed. Its findings have a subject, too,
	// by which an operator acknowledges one. Earlier is then the deployment that Before and After come from.
	CheckChange func(before, after *model.Deployment, report func(diag.Finding))
	Earlier     string
	// OfText says that a finding holds for a file whoever reads it, such as one of a secret that everybody can read.
	OfText bool
	// Claims is there instead in rules on the stacks of one repository: it returns what a stack alone may have, see RunTogether. Before and After
	// have several stacks then.
	Claims func(d *model.Deployment) []Claim

	Tables *facts.Formats // shared by the rules of one list; nil outside of one
}

// GuideUse is how a rule treats a guide.
type GuideUse int

// The ways to treat a guide: as any deployment, with warnings at most, or not at all.
const (
	GuideAsAny GuideUse = iota
	GuideWarns
	GuideNever
)

// Run returns what the rules find in a linked deployment, sorted. Of findings at a line that holds a secret it says so.
func Run(rules []Rule, d *model.Deployment) []diag.Finding {
	facts.LoadFormats(d)
	samples := map[string]bool{}
	for _, doc := range d.Documents {
		samples[doc.Name] = samples[doc.Name] || doc.Sample
	}
	guessed := guessedFiles(d)
	var findings []diag.Finding
	for i := range rules {
		rule := &rules[i] // not a copy for each deployment
		if rule.Check == nil || d.Guide && rule.Guide == GuideNever {
			continue
		}
		rule.Check(d, func(f diag.Finding) {
			f.Rule = rule.Name
			if f.Severity == 0 {
				f.Severity = rule.Severity
			}
			if d.Guide && rule.Guide == GuideWarns {
				f.Severity = min(f.Severity, diag.Warning)
			}
			if guessed[f.File] && !rule.OfText && f.Severity == diag.Error && !strings.HasSuffix(f.Message, unsure) {
				f.Severity, f.Message = diag.Warning, f.Message+unsure
			}
			if samples[f.File] { // nothing reads it before somebody copied it
				f.Severity = min(f.Severity, diag.Warning)
			}
			findings = append(findings, f)
		})
	}
	sensitive.HideSecrets(tablesOf(rules), findings, d)
	return diag.Sort(findings)
}

// tablesOf returns the formats that the rules of a list share.
func tablesOf(rules []Rule) *facts.Formats {
	if len(rules) > 0 && rules[0].Tables != nil {
		return rules[0].Tables
	}
	return facts.NewFormats()
}
