package secret

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/sops"
	"github.com/matrixgen/matrixgen/internal/suggest"
)

// PublishedRecipient is the age key that the example stacks are encrypted for. Its private half is published with them, in stacks/example-key.txt.
const PublishedRecipient = "age199ye7yq7gg6hpmcwa0qge3hzw4mcjsy5ey76fm6vm027cdu4yvns2umxns"

// exampleServers are the server names of the example stacks: for these alone may the published key be used.
var exampleServers = []string{"example.org", "bowline.im", "rowing.club", "harbour.example"}

// Check returns what is wrong with the file as everybody can see it, beyond what the rules of package lint say of it: values that nobody reads,
// and for whom it is encrypted. rule and ruleErr are what [RulesFile.Rule] returned for the file.
func (f *File) Check(d *model.Files, rule *Rule, ruleErr error) []diag.Finding {
	var findings []diag.Finding
	for _, s := range f.Sealed().Secrets {
		if d.Slot(s.Name) == nil {
			findings = append(findings, unknownValue(s, d))
		}
	}
	findings = append(findings, f.checkComments()...)
	var problem *Error
	switch {
	case errors.As(ruleErr, &problem):
		findings = append(findings, diag.Finding{
			Rule: "sops-binding-missing", Severity: diag.Error, Position: f.position(f.key(sops.MetadataKey)),
			Message: "for whom the file should be encrypted is not known: " + problem.Message, Hint: problem.Hint,
		})
	case rule != nil:
		findings = append(findings, f.checkRecipients(rule)...)
	}
	if slices.Contains(f.recipients(), PublishedRecipient) {
		if p := PublishedProblem(d, RulesName); p != nil {
			findings = append(findings, diag.Finding{
				Rule: "sops-leaf-unencrypted", Severity: diag.Error, Position: f.position(f.key(sops.MetadataKey)), Message: p.Message, Hint: p.Hint,
			})
		}
	}
	return findings
}

// PublishedProblem says that a stack is not one of the examples, whose key everybody has and a .sops.yaml names; nil if it is.
func PublishedProblem(d *model.Files, rules string) *Error {
	doc := d.Document("synapse-config.yaml")
	if doc == nil {
		return nil
	}
	name, _ := doc.Root.Get("server_name").Literal()
	if slices.Contains(exampleServers, name) {
		return nil
	}
	return wrong("put your own public key in "+rules+" in place of "+PublishedRecipient+", and make all secrets anew",
		"everybody can open the secrets of %s: they are for the key that is published with the examples", name)
}

// Published says that the rule encrypts for the key that is published with the examples.
func (r *Rule) Published() bool {
	return slices.Contains(recipientsOf(r.meta.Groups), PublishedRecipient)
}

// ownName matches what a secret of an operator's own may be called.
var ownName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_]*$`) })

func unknownValue(s model.SealedSecret, d *model.Files) diag.Finding {
	f := diag.Finding{
		Rule: "unknown-key", Severity: diag.Warning, Position: s.Position,
		Message: fmt.Sprintf("%s is no secret of this stack: nothing reads it", s.Name),
		Hint:    "take it out with sops unset",
	}
	if ownName().MatchString(s.Name) {
		f.Hint += ", or keep it for a service of your own: extra: secrets: " + s.Name + ": file: \"./secrets/" + s.Name + "\""
	}
	var names []string
	for _, slot := range d.Slots {
		if d.Sealed == nil || d.Sealed.Secret(slot.Name) == nil {
			names = append(names, slot.Name)
		}
	}
	if nearest := suggest.Nearest(s.Name, names); nearest != "" {
		f.Hint = fmt.Sprintf("did you mean %s?", nearest)
	}
	return f
}

// checkRecipients compares for whom the file is encrypted with what .sops.yaml says, group by group.
func (f *File) checkRecipients(rule *Rule) []diag.Finding {
	have, want := f.meta.Groups, rule.meta.Groups
	var missing, former []string
	for i := range max(len(have), len(want)) {
		var h, w sops.Group
		if i < len(have) {
			h = have[i]
		}
		if i < len(want) {
			w = want[i]
		}
		missing, former = append(missing, without(w, h)...), append(former, without(h, w)...)
	}
	var findings []diag.Finding
	add := func(names []string, message string) {
		if len(names) == 0 {
			return
		}
		findings = append(findings, diag.Finding{
			Rule: "sops-binding-missing", Severity: diag.Warning, Position: f.position(f.key(sops.MetadataKey)),
			Message: fmt.Sprintf(message, strings.Join(names, ", ")), Hint: "run sops updatekeys " + f.name,
			Related: []diag.Related{{Position: rule.at, Message: "the recipients for this file"}},
		})
	}
	add(missing, "somebody whom .sops.yaml names cannot open this file: it is not encrypted for %s")
	add(former, "somebody who is no longer in .sops.yaml can open this file: %s")
	if len(findings) == 0 && len(want) > 1 && f.meta.Threshold != rule.meta.Threshold && rule.meta.Threshold != 0 {
		add([]string{fmt.Sprint(f.meta.Threshold)}, "the file needs another number of key groups than .sops.yaml says: %s")
	}
	return findings
}

// without returns the names of the keys of a group that another does not have.
func without(group, other sops.Group) []string {
	var names []string
	for _, key := range group {
		if !slices.ContainsFunc(other, key.Same) {
			names = append(names, key.String())
		}
	}
	return names
}

// enoughBits is how many random bits a secret should have that nobody needs to remember.
const enoughBits = 80

// givenBits is how many a secret from elsewhere has at least, which somebody may have thought out.
const givenBits = 32

// Weakness says why a value of a slot protects nothing, as the end of a sentence and without a part of the value; "" if it may.
func Weakness(slot *model.Slot, v Value) string {
	least := float64(enoughBits)
	if slot.Given() {
		least = givenBits
	}
	switch {
	case slot.IsKey():
		return ""
	case model.IsPublished(v.text):
		return "is a default or an example that everybody knows"
	case bits(v.text) < least:
		return "can be guessed: its characters repeat, or are few"
	}
	return ""
}

// CheckValues returns what is wrong with the values of the deployment's slots: formats, lengths, kinds of keys, what can be guessed, what
// everybody knows, and one value for two purposes. No finding holds a value.
func (o *Opened) CheckValues(f *File, d *model.Files) []diag.Finding {
	var findings []diag.Finding
	first := map[string]string{}
	for _, name := range o.Names() {
		slot := d.Slot(name)
		if slot == nil {
			continue
		}
		report := func(rule string, severity diag.Severity, message, hint string) {
			findings = append(findings, diag.Finding{Rule: rule, Severity: severity, Position: f.position(f.key(name)), Message: name + " " + message, Hint: hint})
		}
		renew := "make a new one and store it with matrixgen secrets set " + d.Name + " " + name
		value, isText := o.Value(name)
		if !isText {
			report("wrong-value-type", diag.Error, "is not a text", renew)
			continue
		}
		if problem := Problem(slot.Format, value); problem != "" {
			rule := "secret-value-unsuitable"
			if strings.HasPrefix(problem, "ends in a newline") {
				rule = "secret-file-trailing-newline"
			}
			report(rule, diag.Error, problem, renew)
			continue
		}
		if model.IsPublished(value.text) {
			report("secret-value-unsuitable", diag.Error, "is a default or an example that everybody knows", renew)
		} else if made := !slot.Given() && !slot.IsKey(); made && bits(value.text) < enoughBits {
			report("secret-value-unsuitable", diag.Warning, "can be guessed: its characters repeat, or are few", renew)
		}
		if other, used := first[value.text]; used {
			report("secret-reused", diag.Warning, "is the same as "+other+": who learns the one has the other", renew)
		} else {
			first[value.text] = name
		}
	}
	return findings
}
