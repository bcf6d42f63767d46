package secret

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
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
	return &Opened{name: name, content: content}, nil
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

// stageFolder is where a file waits for its place, beside it. It ignores itself in Git, and the next run takes away what a killed one left there.
const stageFolder = ".matrixgen-new"

// Write writes the file, as it was sealed, whole or not at all: near the old one first, which it then replaces. An existing file keeps its mode. If it
// is not the one any more that was opened, it stays as it is: somebody else stored a secret, which would be lost.
func (o *Opened) Write(name string, content []byte, mode os.FileMode) (err error) {
	unlock, err := lock(filepath.Dir(name))
	if err != nil {
		return err
	}
	defer unlock()
	if now, err := os.ReadFile(name); err != nil && !errors.Is(err, fs.ErrNotExist) || !bytes.Equal(now, o.read) {
		return errors.Join(err, fmt.Errorf("write %s: nothing was changed: it was written meanwhile by somebody else; do it again", name))
	}
	if info, statErr := os.Stat(name); statErr == nil {
		mode = info.Mode().Perm()
	}
	stage := filepath.Join(filepath.Dir(name), stageFolder)
	defer func() {
		_ = os.RemoveAll(stage)
		if err != nil {
			err = fmt.Errorf("write %s: nothing was changed: %w", name, err)
		}
	}()
	if err := os.RemoveAll(stage); err != nil {
		return err
	}
	if err := os.Mkdir(stage, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(stage, ".gitignore"), []byte("*\n"), 0o600); err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(stage, filepath.Base(name)), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Chmod(mode), file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), name); err != nil {
		return err
	}
	o.read = content
	return nil
}

// Sweep takes away what a run left that was killed while it wrote the file of that name. A run that has nothing to write leaves none of it either.
func Sweep(name string) error {
	unlock, err := lock(filepath.Dir(name))
	if err != nil {
		return err
	}
	defer unlock()
	return os.RemoveAll(filepath.Join(filepath.Dir(name), stageFolder))
}
