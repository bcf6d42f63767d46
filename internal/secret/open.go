package secret

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/getsops/sops/v3"
	"github.com/getsops/sops/v3/aes"
	"github.com/getsops/sops/v3/age"
	"github.com/getsops/sops/v3/azkv"
	"github.com/getsops/sops/v3/gcpkms"
	"github.com/getsops/sops/v3/hckms"
	"github.com/getsops/sops/v3/hcvault"
	"github.com/getsops/sops/v3/keyservice"
	"github.com/getsops/sops/v3/kms"
	"github.com/getsops/sops/v3/logging"
	"github.com/getsops/sops/v3/pgp"
)

// Opened is a SOPS file with its values in clear, in memory.
type Opened struct {
	name    string
	tree    sops.Tree
	cipher  aes.Cipher // remembers how values were encrypted, so that those that stay are written as they were
	dataKey []byte
}

// Open decrypts the file with a private key that SOPS finds: of age in SOPS_AGE_KEY, SOPS_AGE_KEY_FILE, SOPS_AGE_KEY_CMD or the user's
// sops/age/keys.txt, of SSH, of GnuPG, or at the cloud or the Vault that holds it. The file cannot be used afterwards. The error is an [*Error].
func (f *File) Open() (*Opened, error) {
	for _, s := range f.Sealed().Secrets {
		if s.Clear { // SOPS would quote it in its error
			return nil, wrong("encrypt the file with sops encrypt --in-place, after you removed its sops: block", "%s: %s stands there in clear, so the file is not as SOPS wrote it", f.name, s.Name)
		}
	}
	meta := &f.tree.Metadata
	if meta.MessageAuthenticationCode == "" {
		return nil, wrong("restore the file from Git", "%s has no checksum (mac), so nobody can tell whether it was tampered with", f.name)
	}
	prepare()
	dataKey, err := meta.GetDataKeyWithKeyServices([]keyservice.KeyServiceClient{keyservice.NewLocalClient()}, sops.DefaultDecryptionOrder)
	if err != nil {
		return nil, f.keyError()
	}
	o := &Opened{name: f.name, tree: f.tree, cipher: aes.NewCipher(), dataKey: dataKey}
	tampered := wrong("restore the file from Git, or from who has an untouched one", "%s was changed by something else than SOPS, or is cut short: its checksum does not fit", f.name)
	computed, err := o.tree.Decrypt(dataKey, o.cipher)
	if err != nil {
		return nil, tampered
	}
	written, err := o.cipher.Decrypt(meta.MessageAuthenticationCode, dataKey, meta.LastModified.Format(time.RFC3339))
	if err != nil || written != computed {
		return nil, tampered
	}
	return o, nil
}

// prepare keeps the loggers of SOPS silent, which it cannot be told otherwise: one of them prints comments that were not encrypted. And a command
// for keys that is set to nothing is none: SOPS panics on it.
func prepare() {
	for _, name := range []string{age.SopsAgeKeyCmdEnv, age.SopsAgeSshPrivateKeyCmdEnv} {
		if strings.TrimSpace(os.Getenv(name)) == "" {
			_ = os.Unsetenv(name) // fails for no name that is one
		}
	}
	for _, logger := range logging.Loggers {
		logger.SetOutput(io.Discard)
	}
}

// keyError says that no private key opens the file.
func (f *File) keyError() *Error {
	recipients := f.recipients()
	if len(recipients) == 0 {
		return wrong("restore the file from Git", "%s is encrypted for nobody", f.name)
	}
	message := fmt.Sprintf("no private key here opens %s, which is encrypted for %s (%s)", f.name, strings.Join(recipients, ", "), strings.Join(f.keyPlaces(), "; "))
	return failed(f.keyHint(), "%s", message)
}

// keyPlaces says of each place where SOPS looks for a private key what is wrong there, by the kinds of the file's recipients.
func (f *File) keyPlaces() []string {
	var said []string
	if f.isFor(age.KeyTypeIdentifier) {
		said = append(said, agePlace())
	}
	if f.isFor(pgp.KeyTypeIdentifier) {
		said = append(said, "gpg has no secret key for it, or was not given its passphrase")
	}
	if f.isFor(services...) {
		said = append(said, "the service that has the key was not reached, or refused")
	}
	return said
}

// keyHint says what can be done when no private key opens the file.
func (f *File) keyHint() string {
	var ways []string
	if f.isFor(age.KeyTypeIdentifier) {
		ways = append(ways, "set SOPS_AGE_KEY_FILE to the file with the private key")
	}
	if f.isFor(pgp.KeyTypeIdentifier) {
		ways = append(ways, "import the secret key into gpg, or set GNUPGHOME to where it is")
	}
	if f.isFor(services...) {
		ways = append(ways, "sign in to the service")
	}
	return strings.Join(ways, ", or ") + ", or ask somebody who can open it to add yours: .sops.yaml, then sops updatekeys " + f.name
}

// services are the kinds of keys that a service keeps.
var services = []string{kms.KeyTypeIdentifier, gcpkms.KeyTypeIdentifier, azkv.KeyTypeIdentifier, hcvault.KeyTypeIdentifier, hckms.KeyTypeIdentifier}

// isFor reports whether a recipient of the file is of one of the kinds.
func (f *File) isFor(kinds ...string) bool {
	for _, group := range f.tree.Metadata.KeyGroups {
		for _, key := range group {
			if slices.Contains(kinds, key.TypeToIdentifier()) {
				return true
			}
		}
	}
	return false
}

// recipients returns for whom the file is encrypted, sorted: keys of age, fingerprints, names at a cloud.
func (f *File) recipients() []string { return recipientsOf(f.tree.Metadata.KeyGroups) }

func recipientsOf(groups []sops.KeyGroup) []string {
	var names []string
	for _, group := range groups {
		for _, key := range group {
			names = append(names, key.ToString())
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Names returns the names of the values, in the order of the file.
func (o *Opened) Names() []string {
	var names []string
	for _, item := range o.tree.Branches[0] {
		if name, ok := item.Key.(string); ok {
			names = append(names, name)
		}
	}
	return names
}

// Value returns the value of that name. It is false if there is none, or if it is not a text.
func (o *Opened) Value(name string) (Value, bool) {
	for _, item := range o.tree.Branches[0] {
		if item.Key == name {
			text, ok := item.Value.(string)
			return Value{text}, ok
		}
	}
	return Value{}, false
}

// Set adds a value, or replaces the one that is there.
func (o *Opened) Set(name string, value Value) {
	items := o.tree.Branches[0]
	for i := range items {
		if items[i].Key == name {
			items[i].Value = value.text
			return
		}
	}
	o.tree.Branches[0] = append(items, sops.TreeItem{Key: name, Value: value.text})
}

// Remove takes a value out, if it is there.
func (o *Opened) Remove(name string) {
	o.tree.Branches[0] = slices.DeleteFunc(o.tree.Branches[0], func(item sops.TreeItem) bool { return item.Key == name })
}
