package rules

import (
	"fmt"
	"path"
	"slices"

	"github.com/matrixgen/matrixgen/internal/container"
	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/lint"
	"github.com/matrixgen/matrixgen/lint/internal/example"
)

// encryptionKeyChanged: what was encrypted, hashed or signed with a key is worth nothing with another.
func encryptionKeyChanged() lint.Rule {
	return lint.Rule{
		Name:      "encryption-key-changed",
		Severity:  diag.Error,
		Guide:     lint.GuideNever,
		Fatal:     true,
		Documents: "mas, synapse, compose, sops; against an earlier revision",
		Title:     "a key that stored data depends on is another one",
		Why: "MAS and Pocket ID cannot read what they encrypted with the old key, passwords that were hashed with the old pepper do not fit any more, " +
			"and other servers do not know a new signing key as this server's. Values are not decrypted to tell: two files or two entries count as two keys.",
		Sees: "Could not decrypt client secret; everybody is logged out; Invalid signature",
		Quotes: map[string][]string{
			"MAS 1.22.0": {"Could not decrypt client secret"},
		},
		Earlier: example.MAS(""),
		Before:  example.MAS("secrets:\n  encryption_file: /run/secrets/encryption-2\n  keys: [{key_file: /run/secrets/key}]\n"),
		After:   example.MAS("secrets:\n  encryption_file: /run/secrets/encryption\n  keys: [{key_file: /run/secrets/key}, {key_file: /run/secrets/key-2}]\n"),
		Source: []string{
			"https://element-hq.github.io/matrix-authentication-service/reference/configuration.html#secretsencryption_file",
			"https://element-hq.github.io/synapse/latest/usage/configuration/config_documentation.html#old_signing_keys",
			"pocket-id/pocket-id backend/internal/cmds/encryption_key_rotate.go",
		},
		CheckChange: checkEncryptionKeyChanged,
	}
}

// keptKey is a key that must stay what it is: a value, or the file that holds it.
type keptKey struct {
	name, loss string
	severity   diag.Severity
	value      *model.Node
	file       *model.Node
	host       string // the file as the host has it
	mounted    bool   // whether it is known which container reads it
}

// sameFile reports whether two keys stand in one file. Where only one of them belongs to a container, as when a stack moves to a cluster, the folders are in
// different places, and the name is all there is.
func sameFile(old, new keptKey) bool {
	return old.host == new.host || old.mounted != new.mounted && path.Base(old.host) == path.Base(new.host)
}

func checkEncryptionKeyChanged(before, after *model.Deployment, report func(diag.Finding)) {
	old := keptKeys(before)
	for _, new := range keptKeys(after) {
		i := slices.IndexFunc(old, func(k keptKey) bool { return k.name == new.name })
		if i < 0 || new.name == signingKey && rotated(before, after) {
			continue
		}
		reportKey(old[i], new, report)
	}
	reportSealed(before, after, report)
}

// reportKey compares a key before and after.
func reportKey(old, new keptKey, report func(diag.Finding)) {
	f := diag.Finding{Severity: new.severity, Subject: new.name, Secret: true, Hint: "keep the old key"}
	_, _, different := lint.Replaced(old.value, new.value)
	switch {
	case different:
		f.Position, f.Message = new.value.Position, fmt.Sprintf("%s is another one: %s", new.name, new.loss)
	case old.file != nil && new.file != nil && !sameFile(old, new) && !old.file.Unknown && !new.file.Unknown:
		f.Position = new.file.Position
		f.Message = fmt.Sprintf("%s comes from another file: unless it holds the same key, %s", new.name, new.loss)
		f.Related = []diag.Related{{Position: old.file.Position, Message: "before, it came from here"}}
	case old.value.IsSet() && new.file != nil && new.value == nil, old.file != nil && new.value.IsSet() && new.file == nil:
		at := new.file
		if at == nil {
			at = new.value
		}
		f.Severity, f.Position = diag.Info, at.Position
		f.Message = fmt.Sprintf("%s moves between a value and a file: unless it stays the same to the last byte, %s", new.name, new.loss)
		f.Hint = "write the file without a newline at its end"
	default:
		return
	}
	report(f)
}

const signingKey = "the signing key of Synapse"

// keptKeys returns the keys of a deployment on which stored data depends.
func keptKeys(d *model.Deployment) []keptKey {
	var keys []keptKey
	add := func(c *model.Configuration, k keptKey) {
		if !k.value.IsSet() {
			k.value = nil
		}
		if file, known := k.file.Literal(); known {
			k.host, k.mounted = container.HostFile(c, file), c.Service != nil
		}
		if k.value != nil || k.file.IsSet() {
			keys = append(keys, k)
		}
	}
	if d.MAS != nil {
		secrets := d.MAS.At("secrets")
		add(d.MAS, keptKey{name: "the encryption key of MAS", loss: "MAS cannot read what it has encrypted", value: secrets.Get("encryption"), file: secrets.Get("encryption_file")})
		for _, scheme := range d.MAS.At("passwords").ItemsAt("schemes") {
			version, _ := scheme.Get("version").Literal()
			add(d.MAS, keptKey{name: "the pepper of password scheme " + version + " of MAS", loss: "no password fits that was hashed with it",
				value: scheme.Get("secret"), file: scheme.Get("secret_file")})
		}
	}
	if d.Synapse != nil {
		add(d.Synapse, keptKey{name: "the pepper of Synapse", loss: "no password fits that was set before", value: d.Synapse.At("password_config", "pepper")})
		add(d.Synapse, keptKey{name: signingKey, loss: "other servers refuse what this one sends, until they have the new key, and cannot check what it sent",
			severity: diag.Warning, value: d.Synapse.At("signing_key"), file: d.Synapse.At("signing_key_path")})
	}
	for _, s := range d.Of("pocket-id") {
		add(&model.Configuration{Service: s}, keptKey{name: "the encryption key of " + s.Name, loss: "Pocket ID cannot read its signing keys and secrets",
			value: s.Env("ENCRYPTION_KEY"), file: s.Env("ENCRYPTION_KEY_FILE")})
	}
	return keys
}

// rotated reports whether Synapse publishes an old signing key that it did not publish before.
func rotated(before, after *model.Deployment) bool {
	old := before.Synapse.At("old_signing_keys")
	return slices.ContainsFunc(after.Synapse.At("old_signing_keys").Entries(), func(f model.Field) bool { return old.Get(f.Key) == nil })
}

// reportSealed compares the secrets in the SOPS file of a stack that must never change. SOPS keeps the text of a value that stays while others are
// encrypted anew: if others stayed, it is another value, and if none did, nobody can tell without a key.
func reportSealed(before, after *model.Deployment, report func(diag.Finding)) {
	if before.Sealed == nil || after.Sealed == nil {
		return
	}
	stayed := slices.ContainsFunc(after.Sealed.Secrets, func(s model.SealedSecret) bool {
		old := before.Sealed.Secret(s.Name)
		return old != nil && s.Seal != "" && old.Seal == s.Seal
	})
	for _, slot := range after.Slots {
		old, new := before.Sealed.Secret(slot.Name), after.Sealed.Secret(slot.Name)
		if slot.Cost != "never" || old == nil || new == nil || old.Seal == "" || new.Seal == "" || old.Seal == new.Seal {
			continue
		}
		f := diag.Finding{
			Position: new.Position, Subject: slot.Name, Secret: true,
			Message: fmt.Sprintf("the secret %s is another one: data that was encrypted with it is lost", slot.Name),
			Hint:    "restore its line from Git",
		}
		if !stayed {
			f.Severity = diag.Info
			f.Message = fmt.Sprintf("all secrets are encrypted anew: whether %s is still the same cannot be told without a key", slot.Name)
			f.Hint = "compare the values with sops decrypt; another one costs data"
		}
		report(f)
	}
}
