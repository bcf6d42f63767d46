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

// stageFolder is where a file waits for its place, beside it. It ignores itself in Git, and the next run takes away what a killed one left there.
const stageFolder = ".matrixgen-new"

// Write writes a file whole or not at all: near the old one first, which it then replaces. An existing file keeps its mode.
func Write(name string, content []byte, mode os.FileMode) (err error) {
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
	return os.Rename(file.Name(), name)
}
