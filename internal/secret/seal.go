package secret

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/aes"
	"github.com/getsops/sops/v3/keyservice"
	"github.com/getsops/sops/v3/stores"
)

// Create returns a file without values that is encrypted for the recipients of the rule. The error is an [*Error].
func (r *Rule) Create(name string) (*Opened, error) {
	o := &Opened{name: name, cipher: aes.NewCipher(), tree: sops.Tree{
		Branches: sops.TreeBranches{sops.TreeBranch{}}, Metadata: r.metadata(), FilePath: name,
	}}
	prepare()
	dataKey, errs := o.tree.GenerateDataKeyWithKeyServices([]keyservice.KeyServiceClient{keyservice.NewLocalClient()})
	if len(errs) > 0 {
		return nil, failed("check the recipients in "+r.file+": gpg needs the public keys of those of PGP, and you have to be signed in to a service that keeps one", "cannot encrypt for the recipients of %s: %s", r.file, oneLine(errors.Join(errs...)))
	}
	o.dataKey = dataKey
	return o, nil
}

// Seal returns the file as it is written, encrypted. The values are gone from memory as far as SOPS is concerned: nothing can be read of it
// afterwards. The error is an [*Error].
func (o *Opened) Seal() ([]byte, error) {
	prepare()
	mac, err := o.tree.Encrypt(o.dataKey, o.cipher)
	if err != nil {
		return nil, failed("", "cannot encrypt %s", o.name)
	}
	meta := &o.tree.Metadata
	meta.LastModified = time.Now().UTC()
	if meta.MessageAuthenticationCode, err = o.cipher.Encrypt(mac, o.dataKey, meta.LastModified.Format(time.RFC3339)); err != nil {
		return nil, failed("", "cannot encrypt the checksum of %s", o.name)
	}
	branches, err := stores.SerializeMetadata(o.tree, stores.MetadataOpts{})
	if err != nil {
		return nil, failed("", "cannot write the metadata of %s", o.name)
	}
	text, err := render(branches[0])
	if err != nil {
		return nil, failed("", "cannot write %s as YAML", o.name)
	}
	// What is written must be what everybody may read: a rule such as encrypted_regex can leave values in clear.
	written, findings := Parse(o.name, text)
	if len(findings) > 0 {
		return nil, failed("", "what would be written as %s cannot be read: %s", o.name, findings[0].Message)
	}
	for _, s := range written.Sealed().Secrets {
		if s.Clear {
			return nil, wrong("take encrypted_regex, encrypted_suffix and the like out of its rule in .sops.yaml, and out of the sops: block of the file",
				"%s would stand in clear in %s: the rules of the file leave it unencrypted", s.Name, o.name)
		}
	}
	return text, nil
}

// Write writes a file whole or not at all: beside the old one first, which it then replaces. An existing file keeps its mode.
func Write(name string, content []byte, mode os.FileMode) (err error) {
	if info, statErr := os.Stat(name); statErr == nil {
		mode = info.Mode().Perm()
	}
	file, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
			err = fmt.Errorf("write %s: nothing was changed: %w", name, err)
		}
	}()
	_, err = file.Write(content)
	err = errors.Join(err, file.Chmod(mode), file.Sync(), file.Close())
	if err != nil {
		return err
	}
	return os.Rename(file.Name(), name)
}
