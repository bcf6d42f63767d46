package rules

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/sensitive"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// sopsLeafUnencrypted: a secret that somebody added to an encrypted file by hand.
func sopsLeafUnencrypted() lint.Rule {
	return lint.Rule{
		Name:      "sops-leaf-unencrypted",
		Severity:  diag.Error,
		OfText:    true,
		Guide:     lint.GuideNever,
		Fatal:     true,
		Documents: "sops",
		Title:     "a value in a SOPS file is not encrypted",
		Why: "A value that is added to an encrypted file without sops stands in Git for everybody to read, and sops then refuses the whole file, " +
			"since it no longer has the checksum that it was written with.",
		Sees: "Could not decrypt value: Input string … does not match sops' data format; or MAC mismatch",
		Quotes: map[string][]string{
			"SOPS 3.13.3": {"does not match sops' data format", "MAC mismatch"},
		},
		Before: example.SOPS("db-password-of-mas"),
		After:  example.SOPS("ENC[AES256_GCM,data:bXkgc2VjcmV0,iv:MTIzNDU2Nzg5MDEy,tag:YWJjZGVmZ2hpamts,type:str]"),
		Source: []string{
			"getsops/sops aes/cipher.go",
			"getsops/sops stores/stores.go",
			"https://github.com/getsops/sops#encrypting-only-parts-of-a-file",
		},
		Check: checkSOPSLeaves,
	}
}

func checkSOPSLeaves(d *model.Deployment, report func(diag.Finding)) {
	checkSealed(d, report)
	for _, doc := range d.Documents {
		f, known := sensitive.SopsFileOf(doc)
		if !known {
			checkSOPSRulesApplied(d, doc, report)
			continue
		}
		if !f.Meta.Get("mac").IsSet() {
			report(diag.Finding{
				Position: f.Meta.KeyPosition("version"),
				Message:  "sops refuses this file: its metadata has no mac",
				Hint:     "restore the file, or encrypt it again with sops encrypt --in-place",
			})
		}
		reportPlain(sensitive.PlainLeaves(f.Values, f.Encrypts), "though the file is encrypted", report)
	}
}

// reportPlain reports values that are not encrypted: one finding for a file, without a value in it.
func reportPlain(leaves []sensitive.SopsLeaf, why string, report func(diag.Finding)) {
	if len(leaves) == 0 {
		return
	}
	f := diag.Finding{
		Position: leaves[0].Value.Position,
		Secret:   true,
		Message:  fmt.Sprintf("%s stands here for everybody to read, %s", leaves[0].Path, why),
		Hint:     "encrypt the file with sops encrypt --in-place, and make a new secret if this one was ever committed",
	}
	for _, leaf := range leaves[1:] {
		f.Related = append(f.Related, diag.Related{Position: leaf.Value.Position, Message: leaf.Path + " too"})
	}
	report(f)
}

// checkSOPSRulesApplied reports a file that a .sops.yaml says to encrypt, and that is not. A rule that takes files which hold no secrets says
// nothing about any.
func checkSOPSRulesApplied(d *model.Deployment, doc *model.Document, report func(diag.Finding)) {
	if doc.Root == nil || doc.Template || doc.Excerpt || doc.Ignored || doc.Kind == model.KindSOPS || doc.Root.Unknown {
		return
	}
	for _, rules := range d.Documents {
		if rules.Kind != model.KindSOPSRules {
			continue
		}
		rule, found := sensitive.CreationRule(rules, doc)
		if !found || rule.Pattern == nil || takesEverything(d, rules, rule) {
			continue
		}
		encrypts, known := sensitive.SopsChoice(rule.Node)
		if !known || rule.Node.Get("encrypted_comment_regex").IsSet() || rule.Node.Get("unencrypted_comment_regex").IsSet() {
			continue
		}
		fields := doc.Root.Fields
		if doc.Root.Kind == model.String && !strings.Contains(doc.Root.Text, "ENC[AES256_GCM") && strings.TrimSpace(doc.Root.Text) != "" {
			fields = []model.Field{{Key: "data", Value: doc.Root}}
		}
		if doc.Kind == model.KindEnv && doc.Root.Get("sops_version") != nil {
			continue
		}
		reportPlain(sensitive.PlainLeaves(fields, encrypts), "though "+rules.Name+" says to encrypt this file", report)
		return
	}
}

// takesEverything reports whether a rule is for files of any content: it also takes those that nobody encrypts.
func takesEverything(d *model.Deployment, rules *model.Document, rule sensitive.SopsRule) bool {
	if rule.Pattern.MatchString(".sops.yaml") || rule.Pattern.MatchString("compose.yaml") || rule.Pattern.MatchString("docker-compose.yml") ||
		rule.Pattern.MatchString("README.md") {
		return true
	}
	for _, doc := range d.Documents {
		if doc.Kind != model.KindCompose {
			continue
		}
		if other, found := sensitive.CreationRule(rules, doc); found && other.Node == rule.Node {
			return true
		}
	}
	return false
}
