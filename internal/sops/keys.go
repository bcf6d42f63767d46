package sops

import (
	"maps"
	"slices"
	"strings"
)

// The kinds of recipients, as the metadata of a file calls them.
const (
	Age    = "age"
	PGP    = "pgp"
	AWS    = "kms"
	GCP    = "gcp_kms"
	Huawei = "hckms"
	Azure  = "azure_kv"
	Vault  = "hc_vault"
)

// contextField is a mapping, as the only one of the fields: what AWS authenticates with the data key.
const contextField = "context"

// kind is a kind of recipients.
type kind struct {
	name string
	// number is its field of Key in keyservice.proto, and fields are those of its message there, in order, by their names in the metadata.
	number int
	fields []string
}

// kinds are in the order in which SOPS lists the keys of a group. https://github.com/getsops/sops/blob/v3.13.3/keyservice/keyservice.proto
func kinds() []kind {
	return []kind{
		{AWS, 1, []string{"arn", "role", contextField, "aws_profile"}},
		{GCP, 3, []string{"resource_id"}},
		{Huawei, 7, []string{"key_id"}},
		{Azure, 4, []string{"vault_url", "name", "version"}},
		{Vault, 5, []string{"vault_address", "engine_path", "key_name"}},
		{PGP, 2, []string{"fp"}},
		{Age, 6, []string{"recipient"}},
	}
}

// Key is a recipient, and the data key as encrypted for it, or the part of it that its group has.
type Key struct {
	// Kind is one of the constants.
	Kind string

	fields  map[string]string
	context map[string]string // of AWS
	created string            // RFC 3339; those of age have none
	enc     string
}

// Group are recipients each of whom has the same part of the data key.
type Group []*Key

// String returns the key as SOPS calls it: a recipient of age, a fingerprint, a name or an address at a service.
func (k *Key) String() string {
	f := k.fields
	switch k.Kind {
	case AWS:
		return k.awsName()
	case Azure:
		return f["vault_url"] + "/keys/" + f["name"] + "/" + f["version"]
	case Vault:
		return f["vault_address"] + "/v1/" + f["engine_path"] + "/keys/" + f["key_name"]
	}
	return f["recipient"] + f["fp"] + f["resource_id"] + f["key_id"] // one of them
}

func (k *Key) awsName() string {
	name := k.fields["arn"]
	if role := k.fields["role"]; role != "" {
		name += "+" + role
	}
	var context []string
	for _, key := range slices.Sorted(maps.Keys(k.context)) {
		context = append(context, key+":"+k.context[key])
	}
	if profile := k.fields["aws_profile"]; profile != "" {
		return name + "|" + strings.Join(context, ",") + "|" + profile
	}
	if len(context) > 0 {
		return name + "|" + strings.Join(context, ",")
	}
	return name
}

// Same reports whether both are the same recipient.
func (k *Key) Same(other *Key) bool {
	if k.Kind == Azure && other.Kind == Azure && (k.fields["version"] == "" || other.fields["version"] == "") {
		return k.fields["vault_url"] == other.fields["vault_url"] && k.fields["name"] == other.fields["name"]
	}
	return k.Kind == other.Kind && k.String() == other.String()
}

// AtService reports whether a service keeps the key, so that the program sops is needed to use it.
func (k *Key) AtService() bool { return k.Kind != Age && k.Kind != PGP }
