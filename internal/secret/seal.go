package secret

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/matrixgen/matrixgen/internal/sops"
)

// Create returns a file without values that is encrypted for the recipients of the rule. The error is an [*Error].
func (r *Rule) Create(name string) (*Opened, error) {
	content, err := sops.Create(r.meta)
	if errors.Is(err, sops.ErrNoProgram) {
		return nil, failed(installHint, "cannot encrypt for the recipients of %s: %s", r.file, noProgram)
	}
	if err != nil {
		return nil, failed("check the recipients in "+r.file+": gpg needs the public keys of those of PGP, and you have to be signed in to a service that keeps one", "cannot encrypt for the recipients of %s: %s", r.file, oneLine(err))
	}
	return &Opened{name, content}, nil
}

// Seal returns the file as it is written, encrypted. Nothing can be read of it afterwards. The error is an [*Error].
func (o *Opened) Seal() ([]byte, error) {
	text, err := o.content.Seal(time.Now())
	if err != nil {
		return nil, failed("", "cannot encrypt %s", o.name)
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
