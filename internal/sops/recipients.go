package sops

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/getsops/sops/v3/age"
)

func newKey(kind string, fields map[string]string) *Key {
	return &Key{Kind: kind, fields: fields, created: time.Now().UTC().Format(time.RFC3339)}
}

// NewAge returns a recipient of age: age1…, of a plugin, or a public key of SSH. The error does not repeat the text, which may be a private key.
func NewAge(recipient string) (*Key, error) {
	key, err := age.MasterKeyFromRecipient(recipient)
	if err != nil {
		return nil, errors.New("not a public key")
	}
	return &Key{Kind: Age, fields: map[string]string{"recipient": key.Recipient}}, nil
}

// NewPGP returns the recipient of that fingerprint.
func NewPGP(fingerprint string) *Key {
	return newKey(PGP, map[string]string{"fp": strings.ReplaceAll(fingerprint, " ", "")})
}

// NewAWS returns a key of AWS KMS. The role and the profile may be empty, and the context nil.
func NewAWS(arn, role string, context map[string]string, profile string) *Key {
	key := newKey(AWS, map[string]string{"arn": arn, "role": role, "aws_profile": profile})
	key.context = context
	return key
}

// NewAWSFromText returns a key of AWS KMS as it stands in a list: its ARN, and perhaps a + and that of a role.
func NewAWSFromText(text, profile string) *Key {
	arn := strings.ReplaceAll(text, " ", "")
	role := ""
	if i := strings.Index(arn, "+arn:"); i > 0 {
		arn, role = arn[:i], arn[i+1:]
	}
	return NewAWS(arn, role, nil, profile)
}

// NewGCP returns a key of Google's Cloud KMS.
func NewGCP(resource string) *Key {
	return newKey(GCP, map[string]string{"resource_id": strings.ReplaceAll(resource, " ", "")})
}

// NewHuawei returns a key of Huawei's KMS: region:key.
func NewHuawei(id string) (*Key, error) {
	region, key, _ := strings.Cut(id, ":")
	if strings.TrimSpace(region) == "" || strings.TrimSpace(key) == "" {
		return nil, fmt.Errorf("a key of Huawei KMS is region:key, not %q", id)
	}
	return newKey(Huawei, map[string]string{"key_id": id}), nil
}

// NewAzure returns a key of Azure Key Vault. Without a version it is the newest, which Azure alone knows: it can be compared with others, and
// nothing can be encrypted for it.
func NewAzure(vault, name, version string) *Key {
	return newKey(Azure, map[string]string{"vault_url": vault, "name": name, "version": version})
}

// NewAzureFromURL returns a key of Azure Key Vault: https://VAULT/keys/NAME/VERSION.
func NewAzureFromURL(text string) (*Key, error) {
	parts := regexp.MustCompile(`^(https://[^/]+)/keys/([^/]+)(?:/([^/]*))?$`).FindStringSubmatch(strings.TrimSpace(text))
	if parts == nil {
		return nil, fmt.Errorf("a key of Azure Key Vault is https://VAULT/keys/NAME/VERSION, not %q", text)
	}
	return NewAzure(parts[1], parts[2], parts[3]), nil
}

// NewVault returns a key of Vault's transit engine: https://HOST/v1/ENGINE/keys/NAME.
func NewVault(text string) (*Key, error) {
	address, err := url.Parse(text)
	if err != nil {
		return nil, err
	}
	parts := strings.Split(strings.Trim(address.EscapedPath(), "/"), "/")
	if address.Scheme == "" || len(parts) < 4 || !regexp.MustCompile(`^v\d+$`).MatchString(parts[0]) {
		return nil, fmt.Errorf("a key of Vault is https://HOST/v1/transit/keys/NAME, not %q", text)
	}
	end := len(parts) - 1
	host := &url.URL{Scheme: address.Scheme, User: address.User, Host: address.Host}
	return newKey(Vault, map[string]string{"vault_address": host.String(), "engine_path": path.Join(parts[1 : end-1]...), "key_name": parts[end]}), nil
}

// complete says what keeps a key at a service from being asked for.
func (k *Key) complete() error {
	switch arn := k.fields["arn"]; {
	case k.Kind == AWS && !regexp.MustCompile(`^arn:aws[\w-]*:kms:.+:[0-9]+:(key|alias)/.+$`).MatchString(arn):
		return fmt.Errorf("a key of AWS KMS is arn:aws:kms:REGION:ACCOUNT:key/ID, not %q", arn)
	case k.Kind == Azure && k.fields["version"] == "":
		return errors.New("the newest version of the key is known to Azure alone: write the one that is meant")
	}
	return nil
}
