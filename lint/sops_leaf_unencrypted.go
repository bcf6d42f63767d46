package lint

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// sopsLeafUnencrypted: a secret that somebody added to an encrypted file by hand.
func sopsLeafUnencrypted() Rule {
	return Rule{
		Name:      "sops-leaf-unencrypted",
		Severity:  diag.Error,
		Guide:     GuideNever,
		Fatal:     true,
		Documents: "sops",
		Title:     "a value in a SOPS file is not encrypted",
		Why: "A value that is added to an encrypted file without sops stands in Git for everybody to read, and sops then refuses the whole file, " +
			"since it no longer has the checksum that it was written with.",
		Sees:   "MAC mismatch. File has …, computed …",
		Before: sopsExample("db-password-of-mas"),
		After:  sopsExample("ENC[AES256_GCM,data:bXkgc2VjcmV0,iv:MTIzNDU2Nzg5MDEy,tag:YWJjZGVmZ2hpamts,type:str]"),
		Source: []string{
			"getsops/sops aes/cipher.go",
			"getsops/sops stores/stores.go",
			"https://github.com/getsops/sops#encrypting-only-parts-of-a-file",
		},
		Check: checkSOPSLeaves,
	}
}

func sopsExample(value string) string {
	return `-- secrets.sops.yaml --
mas:
  encryption: ENC[AES256_GCM,data:c29tZXRoaW5n,iv:MTIzNDU2Nzg5MDEy,tag:YWJjZGVmZ2hpamts,type:str]
  database: ` + value + `
sops:
  age:
    - recipient: age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p
      enc: |
        -----BEGIN AGE ENCRYPTED FILE-----
        c29tZXRoaW5n
        -----END AGE ENCRYPTED FILE-----
  lastmodified: "2026-01-01T00:00:00Z"
  mac: ENC[AES256_GCM,data:c29tZXRoaW5n,iv:MTIzNDU2Nzg5MDEy,tag:YWJjZGVmZ2hpamts,type:str]
  version: 3.10.2
`
}

func checkSOPSLeaves(d *model.Deployment, report func(diag.Finding)) {
	checkSealed(d, report)
	for _, doc := range d.Documents {
		f, known := sopsFileOf(doc)
		if !known {
			checkSOPSRulesApplied(d, doc, report)
			continue
		}
		if !isSet(f.meta.Get("mac")) {
			report(diag.Finding{
				Position: keyPosition(f.meta, "version"),
				Message:  "sops refuses this file: its metadata has no mac",
				Hint:     "restore the file, or encrypt it again with sops encrypt --in-place",
			})
		}
		reportPlain(plainLeaves(f.values, f.encrypts), "though the file is encrypted", report)
	}
}

// reportPlain reports values that are not encrypted: one finding for a file, without a value in it.
func reportPlain(leaves []sopsLeaf, why string, report func(diag.Finding)) {
	if len(leaves) == 0 {
		return
	}
	f := diag.Finding{
		Position: leaves[0].value.Position,
		Secret:   true,
		Message:  fmt.Sprintf("%s stands here for everybody to read, %s", leaves[0].path, why),
		Hint:     "encrypt the file with sops encrypt --in-place, and make a new secret if this one was ever committed",
	}
	for _, leaf := range leaves[1:] {
		f.Related = append(f.Related, diag.Related{Position: leaf.value.Position, Message: leaf.path + " too"})
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
		rule, found := creationRule(rules, doc)
		if !found || rule.pattern == nil || takesEverything(d, rules, rule) {
			continue
		}
		encrypts, known := sopsChoice(rule.node)
		if !known || isSet(rule.node.Get("encrypted_comment_regex")) || isSet(rule.node.Get("unencrypted_comment_regex")) {
			continue
		}
		fields := doc.Root.Fields
		if doc.Root.Kind == model.String && !strings.Contains(doc.Root.Text, "ENC[AES256_GCM") && strings.TrimSpace(doc.Root.Text) != "" {
			fields = []model.Field{{Key: "data", Value: doc.Root}}
		}
		if doc.Kind == model.KindEnv && doc.Root.Get("sops_version") != nil {
			continue
		}
		reportPlain(plainLeaves(fields, encrypts), "though "+rules.Name+" says to encrypt this file", report)
		return
	}
}

// takesEverything reports whether a rule is for files of any content: it also takes those that nobody encrypts.
func takesEverything(d *model.Deployment, rules *model.Document, rule sopsRule) bool {
	if rule.pattern.MatchString(".sops.yaml") || rule.pattern.MatchString("compose.yaml") || rule.pattern.MatchString("docker-compose.yml") ||
		rule.pattern.MatchString("README.md") {
		return true
	}
	for _, doc := range d.Documents {
		if doc.Kind != model.KindCompose {
			continue
		}
		if other, found := creationRule(rules, doc); found && other.node == rule.node {
			return true
		}
	}
	return false
}
