package secret

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/matrixgen/matrixgen/internal/sops"
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
		Arn        string            `yaml:"arn"`
		Role       string            `yaml:"role"`
		Context    map[string]string `yaml:"context"`
		AWSProfile string            `yaml:"aws_profile"`
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
func keyGroups(rule *yaml.Node, entries []yaml.Node) ([]sops.Group, error) {
	if len(entries) == 0 {
		var flat flatKeys
		if err := rule.Decode(&flat); err != nil {
			return nil, err
		}
		group, err := flat.group()
		return []sops.Group{group}, err
	}
	var groups []sops.Group
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

// each returns the keys that names stand for, and what is wrong with names.
func each(names list, read func(string) (*sops.Key, error)) (sops.Group, error) {
	var group sops.Group
	var wrong error
	for _, name := range names {
		key, err := read(name)
		if err != nil {
			wrong = errors.Join(wrong, err)
			continue
		}
		group = append(group, key)
	}
	return group, wrong
}

// sure makes of a function that takes every name one that could refuse some.
func sure(read func(string) *sops.Key) func(string) (*sops.Key, error) {
	return func(name string) (*sops.Key, error) { return read(name), nil }
}

func (f flatKeys) group() (sops.Group, error) {
	recipients, wrongAge := ageKeys(f.Age)
	people, _ := each(f.PGP, sure(sops.NewPGP))
	aws, _ := each(f.KMS, sure(func(name string) *sops.Key { return sops.NewAWSFromText(name, f.AWSProfile) }))
	google, _ := each(f.GCPKMS, sure(sops.NewGCP))
	huawei, wrongHuawei := each(f.HCKMS, sops.NewHuawei)
	azure, wrongAzure := each(f.AzureKV, sops.NewAzureFromURL)
	vault, wrongVault := each(f.Vault, sops.NewVault)
	return slices.Concat(recipients, people, aws, google, huawei, azure, vault), errors.Join(wrongAge, wrongHuawei, wrongAzure, wrongVault)
}

func (g groupKeys) group() (sops.Group, error) {
	var group sops.Group
	var wrong error
	for _, merged := range g.Merge {
		part, err := merged.group()
		group, wrong = append(group, part...), errors.Join(wrong, err)
	}
	for _, k := range g.KMS {
		group = append(group, sops.NewAWS(k.Arn, k.Role, k.Context, k.AWSProfile))
	}
	for _, k := range g.GCPKMS {
		group = append(group, sops.NewGCP(k.ResourceID))
	}
	for _, k := range g.AzureKV {
		group = append(group, sops.NewAzure(k.VaultURL, k.Key, k.Version))
	}
	var huawei list
	for _, k := range g.HCKMS {
		huawei = append(huawei, k.KeyID)
	}
	rest, err := flatKeys{Age: g.Age, PGP: g.PGP, HCKMS: huawei, Vault: g.Vault}.group()
	return append(group, rest...), errors.Join(wrong, err)
}

// ageKeys returns the recipients of age. What stands in the place of one may be a secret, and is not repeated.
func ageKeys(names list) (sops.Group, error) {
	var group sops.Group
	for i, name := range names {
		if strings.Contains(strings.ToUpper(name), "AGE-SECRET-KEY-") {
			return nil, fmt.Errorf("a private key of age stands where its public key belongs (age1…): anybody who sees the file can open the secrets")
		}
		key, err := sops.NewAge(name)
		if err != nil {
			return nil, fmt.Errorf("recipient %d of age is not a public key, which looks like age1…, or like one of SSH", i+1)
		}
		group = append(group, key)
	}
	return group, nil
}

// distinct leaves out what stands twice in a group.
func distinct(group sops.Group) sops.Group {
	var kept sops.Group
	for _, key := range group {
		if !slices.ContainsFunc(kept, key.Same) {
			kept = append(kept, key)
		}
	}
	return kept
}
