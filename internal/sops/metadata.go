package sops

import (
	"errors"
	"fmt"
	"time"

	"gopkg.in/yaml.v3"
)

// MetadataKey is the key of what SOPS says about a file, beside the values.
const MetadataKey = "sops"

// Metadata is what a file says about itself.
type Metadata struct {
	Choice Choice
	// Groups are the recipients. With several groups, Threshold of them are needed together, or all if it is 0.
	Groups    []Group
	Threshold int
	// MAC is the encrypted checksum, which is of the encrypted values alone if MACOnlyEncrypted is set.
	MAC              string
	MACOnlyEncrypted bool
	// LastModified is a time in RFC 3339, and Version the SOPS that wrote the file.
	LastModified, Version string
}

// scalars are the values of the metadata that are no recipients.
type scalars struct {
	Choice           `yaml:",inline"`
	LastModified     string                 `yaml:"lastmodified"`
	MAC              string                 `yaml:"mac"`
	MACOnlyEncrypted bool                   `yaml:"mac_only_encrypted"`
	Threshold        int                    `yaml:"shamir_threshold"`
	Version          string                 `yaml:"version"`
	Groups           []map[string]yaml.Node `yaml:"key_groups"`
}

// Read splits a document, whose content is a mapping, into its values and its metadata.
func Read(doc *yaml.Node) (Branch, Metadata, error) {
	var values Branch
	for _, item := range document(doc) {
		if item.Key != MetadataKey {
			values = append(values, item)
		}
	}
	var written struct {
		SOPS yaml.Node `yaml:"sops"`
	}
	if err := doc.Decode(&written); err != nil {
		return nil, Metadata{}, err
	}
	meta, err := readMetadata(&written.SOPS)
	return values, meta, err
}

func readMetadata(n *yaml.Node) (Metadata, error) {
	var said scalars
	var keys map[string]yaml.Node
	if err := errors.Join(n.Decode(&said), n.Decode(&keys)); err != nil {
		return Metadata{}, err
	}
	if _, err := time.Parse(time.RFC3339, said.LastModified); err != nil {
		return Metadata{}, err
	}
	if said.Ways() > 1 {
		return Metadata{}, errors.New("several ways to say which values are encrypted")
	}
	m := Metadata{Choice: said.OrDefault(), Threshold: said.Threshold, MAC: said.MAC, MACOnlyEncrypted: said.MACOnlyEncrypted,
		LastModified: said.LastModified, Version: said.Version}
	group, err := readGroup(keys)
	if len(group) > 0 || err != nil {
		m.Groups = []Group{group}
		return m, err
	}
	for _, keys := range said.Groups {
		group, err := readGroup(keys)
		if err != nil {
			return Metadata{}, err
		}
		m.Groups = append(m.Groups, group)
	}
	if len(m.Groups) == 0 {
		return Metadata{}, errors.New("no recipients")
	}
	return m, nil
}

// readGroup reads the recipients, which are listed by their kinds.
func readGroup(lists map[string]yaml.Node) (Group, error) {
	var group Group
	for _, kind := range kinds() {
		list, ok := lists[kind.name]
		if !ok {
			continue
		}
		var entries []map[string]yaml.Node
		if err := list.Decode(&entries); err != nil {
			return nil, err
		}
		for _, entry := range entries {
			key, err := readKey(kind, entry)
			if err != nil {
				return nil, err
			}
			group = append(group, key)
		}
	}
	return group, nil
}

func readKey(kind kind, entry map[string]yaml.Node) (*Key, error) {
	k := &Key{Kind: kind.name, fields: map[string]string{}}
	text := func(name string) (text string, err error) {
		if value, ok := entry[name]; ok {
			err = value.Decode(&text)
		}
		return text, err
	}
	var err, failed error
	for _, name := range kind.fields {
		if value, ok := entry[name]; name == contextField && ok {
			err = value.Decode(&k.context)
		} else if name != contextField {
			k.fields[name], err = text(name)
		}
		failed = errors.Join(failed, err)
	}
	k.enc, err = text("enc")
	failed = errors.Join(failed, err)
	if k.Kind == Age {
		return k, failed
	}
	k.created, err = text("created_at")
	if _, wrong := time.Parse(time.RFC3339, k.created); wrong != nil {
		err = fmt.Errorf("created_at: %w", wrong)
	}
	return k, errors.Join(failed, err)
}

// MarshalYAML implements [yaml.Marshaler]: what is not said is left out, as SOPS does it.
func (m Metadata) MarshalYAML() (any, error) {
	written := map[string]any{"lastmodified": m.LastModified, "mac": m.MAC, "version": m.Version}
	if m.Threshold != 0 {
		written["shamir_threshold"] = m.Threshold
	}
	if m.MACOnlyEncrypted {
		written["mac_only_encrypted"] = true
	}
	for name, said := range map[string]string{"encrypted_comment_regex": m.Choice.EncryptedCommentRegex, "encrypted_regex": m.Choice.EncryptedRegex,
		"encrypted_suffix": m.Choice.EncryptedSuffix, "unencrypted_comment_regex": m.Choice.UnencryptedCommentRegex,
		"unencrypted_regex": m.Choice.UnencryptedRegex, "unencrypted_suffix": m.Choice.UnencryptedSuffix} {
		if said != "" {
			written[name] = said
		}
	}
	if len(m.Groups) == 1 {
		m.Groups[0].write(written)
		return written, nil
	}
	var groups []map[string]any
	for _, group := range m.Groups {
		lists := map[string]any{Vault: []any{}, Age: []any{}} // SOPS writes these two always
		group.write(lists)
		groups = append(groups, lists)
	}
	written["key_groups"] = groups
	return written, nil
}

// write adds the lists of keys of a group, by their kinds.
func (g Group) write(lists map[string]any) {
	for _, kind := range kinds() {
		var entries []map[string]any
		for _, key := range g {
			if key.Kind == kind.name {
				entries = append(entries, key.written())
			}
		}
		if len(entries) > 0 {
			lists[kind.name] = entries
		}
	}
}

func (k *Key) written() map[string]any {
	entry := map[string]any{"enc": k.enc}
	for name, value := range k.fields {
		if name != "role" || value != "" {
			entry[name] = value
		}
	}
	if len(k.context) > 0 {
		entry[contextField] = k.context
	}
	if k.Kind != Age {
		entry["created_at"] = k.created
	}
	return entry
}
