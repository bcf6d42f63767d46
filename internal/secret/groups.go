package secret

import (
	"fmt"
	"slices"
	"strings"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/age"
	"github.com/getsops/sops/v3/azkv"
	"github.com/getsops/sops/v3/gcpkms"
	"github.com/getsops/sops/v3/hckms"
	"github.com/getsops/sops/v3/hcvault"
	"github.com/getsops/sops/v3/keys"
	"github.com/getsops/sops/v3/kms"
	"github.com/getsops/sops/v3/pgp"
	"gopkg.in/yaml.v3"
)

// list is one or several names: a text with commas, or a list.
type list []string

// UnmarshalYAML implements [yaml.Unmarshaler].
func (l *list) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.SequenceNode {
		return n.Decode((*[]string)(l))
	}
	var text string
	if err := n.Decode(&text); err != nil {
		return err
	}
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimSpace(name); name != "" {
			*l = append(*l, name)
		}
	}
	return nil
}

func (l list) String() string { return strings.Join(l, ",") }

// flatKeys are the recipients in a rule itself.
type flatKeys struct {
	Age        list   `yaml:"age"`
	PGP        list   `yaml:"pgp"`
	KMS        list   `yaml:"kms"`
	AWSProfile string `yaml:"aws_profile"`
	GCPKMS     list   `yaml:"gcp_kms"`
	HCKMS      list   `yaml:"hckms"`
	AzureKV    list   `yaml:"azure_keyvault"`
	Vault      list   `yaml:"hc_vault_transit_uri"`
}

// groupKeys are the recipients in an entry of key_groups.
type groupKeys struct {
	Merge []groupKeys `yaml:"merge"`
	Age   list        `yaml:"age"`
	PGP   list        `yaml:"pgp"`
	KMS   []struct {
		Arn        string             `yaml:"arn"`
		Role       string             `yaml:"role"`
		Context    map[string]*string `yaml:"context"`
		AWSProfile string             `yaml:"aws_profile"`
	} `yaml:"kms"`
	GCPKMS []struct {
		ResourceID string `yaml:"resource_id"`
	} `yaml:"gcp_kms"`
	HCKMS []struct {
		KeyID string `yaml:"key_id"`
	} `yaml:"hckms"`
	AzureKV []struct {
		VaultURL string `yaml:"vaultUrl"`
		Key      string `yaml:"key"`
		Version  string `yaml:"version"`
	} `yaml:"azure_keyvault"`
	Vault list `yaml:"hc_vault"`
}

// keyGroups returns the recipients of a rule: its key_groups, of which several are needed together, or else those that stand in it.
func keyGroups(rule *yaml.Node, entries []yaml.Node) ([]sops.KeyGroup, error) {
	if len(entries) == 0 {
		var flat flatKeys
		if err := rule.Decode(&flat); err != nil {
			return nil, err
		}
		group, err := flat.group()
		return []sops.KeyGroup{group}, err
	}
	var groups []sops.KeyGroup
	for _, entry := range entries {
		var written groupKeys
		if err := entry.Decode(&written); err != nil {
			return nil, err
		}
		group, err := written.group()
		if err != nil {
			return nil, err
		}
		groups = append(groups, distinct(group))
	}
	return groups, nil
}

// collector puts master keys of any kind into a group, and keeps the first error.
type collector struct {
	group sops.KeyGroup
	err   error
}

func add[K keys.MasterKey](c *collector, found []K, err error) {
	for _, key := range found {
		c.group = append(c.group, key)
	}
	if c.err == nil && err != nil {
		c.err = err
	}
}

func addOne[K keys.MasterKey](c *collector, key K, err error) {
	if err != nil {
		add[K](c, nil, err)
		return
	}
	add(c, []K{key}, nil)
}

func (f flatKeys) group() (sops.KeyGroup, error) {
	c := &collector{}
	recipients, err := ageKeys(f.Age)
	add(c, recipients, err)
	add(c, pgp.MasterKeysFromFingerprintString(f.PGP.String()), nil)
	add(c, kms.MasterKeysFromArnString(f.KMS.String(), nil, f.AWSProfile), nil)
	add(c, gcpkms.MasterKeysFromResourceIDString(f.GCPKMS.String()), nil)
	huawei, err := hckms.NewMasterKeyFromKeyIDString(f.HCKMS.String())
	add(c, huawei, err)
	azure, err := azkv.MasterKeysFromURLs(f.AzureKV.String())
	add(c, azure, err)
	vault, err := hcvault.NewMasterKeysFromURIs(f.Vault.String())
	add(c, vault, err)
	return c.group, c.err
}

func (g groupKeys) group() (sops.KeyGroup, error) {
	c := &collector{}
	for _, merged := range g.Merge {
		group, err := merged.group()
		add(c, group, err)
	}
	recipients, err := ageKeys(g.Age)
	add(c, recipients, err)
	for _, fingerprint := range g.PGP {
		addOne(c, pgp.NewMasterKeyFromFingerprint(fingerprint), nil)
	}
	for _, k := range g.KMS {
		addOne(c, kms.NewMasterKeyWithProfile(k.Arn, k.Role, k.Context, k.AWSProfile), nil)
	}
	for _, k := range g.GCPKMS {
		addOne(c, gcpkms.NewMasterKeyFromResourceID(k.ResourceID), nil)
	}
	for _, k := range g.HCKMS {
		key, err := hckms.NewMasterKey(k.KeyID)
		addOne(c, key, err)
	}
	for _, k := range g.AzureKV {
		key, err := azkv.NewMasterKeyWithOptionalVersion(k.VaultURL, k.Key, k.Version)
		addOne(c, key, err)
	}
	for _, uri := range g.Vault {
		key, err := hcvault.NewMasterKeyFromURI(uri)
		addOne(c, key, err)
	}
	return c.group, c.err
}

// ageKeys returns the recipients of age. What stands in the place of one may be a secret, and is not repeated.
func ageKeys(names list) ([]*age.MasterKey, error) {
	for i, name := range names {
		if strings.Contains(strings.ToUpper(name), "AGE-SECRET-KEY-") {
			return nil, fmt.Errorf("a private key of age stands where its public key belongs (age1…): anybody who sees the file can open the secrets")
		}
		if _, err := age.MasterKeyFromRecipient(name); err != nil {
			return nil, fmt.Errorf("recipient %d of age is not a public key, which looks like age1…, or like one of SSH", i+1)
		}
	}
	return age.MasterKeysFromRecipients(names.String())
}

// distinct leaves out what stands twice in a group.
func distinct(group sops.KeyGroup) sops.KeyGroup {
	seen := map[string]bool{}
	return slices.DeleteFunc(group, func(key keys.MasterKey) bool {
		id := key.TypeToIdentifier() + "/" + key.ToString()
		defer func() { seen[id] = true }()
		return seen[id]
	})
}
