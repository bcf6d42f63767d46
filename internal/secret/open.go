package secret

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/sops"
)

// Opened is a SOPS file with its values in clear, in memory.
type Opened struct {
	name    string
	content *sops.Opened
	read    []byte // the file as it was; nil for a new one
}

// Open decrypts the file with a private key that SOPS finds: of age in SOPS_AGE_KEY, SOPS_AGE_KEY_FILE, SOPS_AGE_KEY_CMD or the user's
// sops/age/keys.txt, of SSH, of GnuPG, or at the cloud or the Vault that holds it. The file cannot be used afterwards. The error is an [*Error].
func (f *File) Open() (*Opened, error) {
	for _, s := range f.Sealed().Secrets {
		if s.Clear { // SOPS would quote it in its error
			return nil, wrong("encrypt the file with sops encrypt --in-place, after you removed its sops: block", "%s: %s stands there in clear, so the file is not as SOPS wrote it", f.name, s.Name)
		}
	}
	if f.meta.MAC == "" {
		return nil, wrong("restore the file from Git", "%s has no checksum (mac), so nobody can tell whether it was tampered with", f.name)
	}
	dataKey, err := f.meta.DataKey()
	if err != nil {
		return nil, f.keyError(errors.Is(err, sops.ErrNoProgram))
	}
	content, err := f.meta.Open(f.values, dataKey)
	if err != nil {
		return nil, wrong("restore the file from Git, or from who has an untouched one", "%s was changed by something else than SOPS, or is cut short: its checksum does not fit", f.name)
	}
	return &Opened{name: f.name, content: content, read: f.text}, nil
}

// IsFor reports whether the file is encrypted for a recipient, as SOPS names him.
func (f *File) IsFor(recipient string) bool { return slices.Contains(f.recipients(), recipient) }

// noProgram and installHint are said when a service keeps a key, and the program that asks it is missing.
const (
	noProgram   = "a service keeps the key, and the program sops, which asks it, is not installed"
	installHint = "install sops, https://github.com/getsops/sops/releases, so that it is on the PATH"
)

// keyError says that no private key opens the file, perhaps since a service has one and the program to ask it is missing.
func (f *File) keyError(withoutProgram bool) *Error {
	recipients := f.recipients()
	if len(recipients) == 0 {
		return wrong("restore the file from Git", "%s is encrypted for nobody", f.name)
	}
	message := fmt.Sprintf("no private key here opens %s, which is encrypted for %s (%s)", f.name, strings.Join(recipients, ", "), strings.Join(f.keyPlaces(withoutProgram), "; "))
	return failed(f.keyHint(withoutProgram), "%s", message)
}

// keyPlaces says of each place where SOPS looks for a private key what is wrong there, by the kinds of the file's recipients.
func (f *File) keyPlaces(withoutProgram bool) []string {
	var said []string
	if f.isFor(ofKind(sops.Age)) {
		said = append(said, agePlace())
	}
	if f.isFor(ofKind(sops.PGP)) {
		said = append(said, "gpg has no secret key for it, or was not given its passphrase")
	}
	switch {
	case withoutProgram:
		said = append(said, noProgram)
	case f.isFor((*sops.Key).AtService):
		said = append(said, "the service that has the key was not reached, or refused")
	}
	return said
}

// keyHint says what can be done when no private key opens the file.
func (f *File) keyHint(withoutProgram bool) string {
	var ways []string
	if f.isFor(ofKind(sops.Age)) {
		ways = append(ways, "set SOPS_AGE_KEY_FILE to the file with the private key")
	}
	if f.isFor(ofKind(sops.PGP)) {
		ways = append(ways, "import the secret key into gpg, or set GNUPGHOME to where it is")
	}
	switch {
	case withoutProgram:
		ways = append(ways, installHint)
	case f.isFor((*sops.Key).AtService):
		ways = append(ways, "sign in to the service")
	}
	return strings.Join(ways, ", or ") + ", or ask somebody who can open it to add yours: .sops.yaml, then sops updatekeys " + f.name
}

// isFor reports whether a recipient of the file is such a key.
func (f *File) isFor(such func(*sops.Key) bool) bool {
	return slices.ContainsFunc(f.meta.Groups, func(group sops.Group) bool { return slices.ContainsFunc(group, such) })
}

func ofKind(kind string) func(*sops.Key) bool {
	return func(key *sops.Key) bool { return key.Kind == kind }
}

// recipients returns for whom the file is encrypted, sorted: keys of age, fingerprints, names at a cloud.
func (f *File) recipients() []string { return recipientsOf(f.meta.Groups) }

func recipientsOf(groups []sops.Group) []string {
	var names []string
	for _, key := range slices.Concat(groups...) {
		names = append(names, key.String())
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Names returns the names of the values, in the order of the file.
func (o *Opened) Names() []string {
	var names []string
	for _, item := range o.content.Values {
		if name, ok := item.Key.(string); ok {
			names = append(names, name)
		}
	}
	return names
}

// Value returns the value of that name. It is false if there is none, or if it is not a text.
func (o *Opened) Value(name string) (Value, bool) {
	for _, item := range o.content.Values {
		if item.Key == name {
			text, ok := item.Value.(string)
			return Value{text}, ok
		}
	}
	return Value{}, false
}

// Set adds a value, or replaces the one that is there.
func (o *Opened) Set(name string, value Value) {
	items := o.content.Values
	for i := range items {
		if items[i].Key == name {
			items[i].Value = value.text
			return
		}
	}
	o.content.Values = append(items, sops.Item{Key: name, Value: value.text})
}

// Remove takes a value out, if it is there.
func (o *Opened) Remove(name string) {
	o.content.Values = slices.DeleteFunc(o.content.Values, func(item sops.Item) bool { return item.Key == name })
}
