package rules

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
	"github.com/matrixgen/matrixgen/internal/sensitive"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// sopsBindingMissing: what deploys the secrets asks an encrypted file for something that it does not have, or cannot open it.
func sopsBindingMissing() lint.Rule {
	return lint.Rule{
		Name:      "sops-binding-missing",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Documents: "sops, scripts, stack",
		Title:     "a secret is not in the SOPS file, or not for everybody",
		Why: "A secret that a service reads and that the SOPS file of the stack does not have is never there. A script that takes one out of a SOPS " +
			"file stops, or writes an empty file. And who was added to .sops.yaml cannot open files that were encrypted before.",
		Sees: "component ['mas'] not found; Failed to get the data key required to decrypt the SOPS file",
		Quotes: map[string][]string{
			"SOPS 3.13.3": {"component ['mas'] not found", "Failed to get the data key required to decrypt the SOPS file"},
		},
		Before: example.SOPS("") + bindingScript("shared"),
		After:  example.SOPS("") + bindingScript("encryption"),
		Source: []string{
			"getsops/sops stores/stores.go",
			"https://github.com/getsops/sops#extract-a-sub-part-of-a-document-tree",
			"https://github.com/getsops/sops#updatekeys-command",
		},
		Check: checkSopsBindingMissing,
	}
}

func checkSopsBindingMissing(d *model.Deployment, report func(diag.Finding)) {
	checkSlots(d, report)
	for _, doc := range d.Documents {
		switch {
		case doc.Kind == model.KindScript && doc.Root != nil && !doc.Template:
			checkSOPSExtracts(d, doc, report)
		default:
			checkSOPSRecipients(d, doc, report)
		}
	}
}

func bindingScript(key string) string {
	return `-- deploy.sh --
#!/bin/sh
sops decrypt --extract '["mas"]["` + key + `"]' secrets.sops.yaml > /run/mas/secret
`
}

// sopsExtract matches a call of sops that takes one value out.
var sopsExtract = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:^|\s)sops\s[^|;&#]*?--extract[ =]'((?:\[[^\]']+\])+)'`)
})

// extractKey matches one key of such a value.
var extractKey = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\[([^\]]+)\]`) })

// checkSOPSExtracts checks the values that a script takes out of files.
func checkSOPSExtracts(d *model.Deployment, script *model.Document, report func(diag.Finding)) {
	if !model.Once(script, "--extract", func() bool { return strings.Contains(script.Root.Text, "--extract") }) {
		return
	}
	n := 0
	for line := range strings.Lines(script.Root.Text) {
		n++
		match := sopsExtract().FindStringSubmatchIndex(line)
		if match == nil || strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		what := line[match[2]:match[3]]
		f := extractedFrom(d, line)
		if f == nil {
			continue
		}
		keys := []string{}
		for _, part := range extractKey().FindAllStringSubmatch(what, -1) {
			keys = append(keys, strings.Trim(part[1], `"`))
		}
		value := f.Doc.Root.Along(keys)
		problem := "has nothing there"
		if value != nil {
			problem = "has an empty text there"
		}
		if value != nil && (value.Kind == model.Map || value.Kind == model.List || value.Text != "" || value.Unknown) {
			continue
		}
		report(diag.Finding{
			Position: diag.Position{File: script.Root.Position.File, Line: n, Column: len([]rune(line[:match[2]])) + 1},
			Message:  fmt.Sprintf("deploying gives no secret: this takes %s out of %s, which %s", strings.Join(keys, "."), f.Doc.Name, problem),
			Hint:     "add the value with sops edit " + f.Doc.Name,
			Related:  []diag.Related{{Position: nearest(f.Doc.Root, keys), Message: "where it belongs"}},
		})
	}
}

// nearest returns where the innermost section on a path stands that is there, or the first key of all.
func nearest(root *model.Node, keys []string) diag.Position {
	return (&model.Configuration{Root: root}).Nearest(keys...)
}

// extractedFrom returns the SOPS file that a command names, or nil if it is not visible, or several are called so.
func extractedFrom(d *model.Deployment, line string) *sensitive.SopsFile {
	var found *sensitive.SopsFile
	for _, word := range strings.Fields(line) {
		word = strings.Trim(word, `"'()`)
		for _, doc := range d.Documents {
			if path.Base(word) != path.Base(doc.Name) || strings.Contains(path.Base(word), "$") {
				continue
			}
			f, known := sensitive.SopsFileOf(doc)
			if !known || doc.Format == model.Env || found != nil {
				return nil
			}
			found = &f
		}
	}
	return found
}

// checkSOPSRecipients checks that a file is encrypted for those whom .sops.yaml names.
func checkSOPSRecipients(d *model.Deployment, doc *model.Document, report func(diag.Finding)) {
	f, known := sensitive.SopsFileOf(doc)
	if !known || doc.Kind != model.KindSOPS || f.Meta.Get("key_groups").IsSet() {
		return
	}
	for _, rules := range d.Documents {
		if rules.Kind != model.KindSOPSRules {
			continue
		}
		rule, found := sensitive.CreationRule(rules, doc)
		if !found || rule.Node.Get("key_groups").IsSet() {
			continue
		}
		said, saidKnown := ageRecipients(rule.Node.Get("age"))
		have, haveKnown := fileRecipients(f.Meta)
		if !saidKnown || !haveKnown || len(said) == 0 || slices.Equal(said, have) {
			continue
		}
		message := "somebody who is no longer in .sops.yaml can open this file"
		if slices.ContainsFunc(said, func(r string) bool { return !slices.Contains(have, r) }) {
			message = "somebody whom .sops.yaml names cannot open this file: it is not encrypted for them"
		}
		report(diag.Finding{
			Severity: diag.Warning,
			Position: f.Meta.KeyPosition("age"),
			Message:  message,
			Hint:     "run sops updatekeys " + doc.Name,
			Related:  []diag.Related{{Position: rule.Node.KeyPosition("age"), Message: "the recipients for this file"}},
		})
	}
}

// ageRecipients returns the recipients that a creation rule names, sorted: in a text with commas, or in a list.
func ageRecipients(n *model.Node) ([]string, bool) {
	if n == nil {
		return nil, false
	}
	items := []*model.Node{n}
	if n.Kind == model.List {
		items = n.Items
	}
	var recipients []string
	for _, item := range items {
		text, known := item.Literal()
		if !known || placeholder.In(text) {
			return nil, false
		}
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" {
				recipients = append(recipients, part)
			}
		}
	}
	slices.Sort(recipients)
	return slices.Compact(recipients), true
}

// fileRecipients returns whom a file is encrypted for by its metadata, sorted.
func fileRecipients(meta *model.Node) ([]string, bool) {
	var recipients []string
	for _, item := range meta.ItemsAt("age") {
		text, known := item.Get("recipient").Literal()
		if !known {
			return nil, false
		}
		recipients = append(recipients, text)
	}
	slices.Sort(recipients)
	return slices.Compact(recipients), true
}
