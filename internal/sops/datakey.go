package sops

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/getsops/sops/v3/age"
	"github.com/getsops/sops/v3/logging"
	"github.com/getsops/sops/v3/pgp"
	"github.com/getsops/sops/v3/shamir"
)

// Create returns a file without values that is encrypted for the recipients of the metadata.
func Create(meta Metadata) (*Opened, error) {
	dataKey := make([]byte, 32)
	if _, err := rand.Read(dataKey); err != nil {
		return nil, err
	}
	parts := [][]byte{dataKey}
	if n := len(meta.Groups); n > 1 {
		meta.Threshold = cmp.Or(meta.Threshold, n)
		var err error
		if parts, err = shamir.Split(dataKey, n, meta.Threshold); err != nil {
			return nil, err
		}
	}
	silence()
	services := &services{}
	defer services.stop()
	var failed []error
	for i, group := range meta.Groups {
		for _, key := range group {
			if err := key.encrypt(parts[i], services); err != nil {
				failed = append(failed, fmt.Errorf("%s: %w", key, err))
			}
		}
	}
	if len(failed) > 0 {
		return nil, errors.Join(failed...)
	}
	box, err := newBox(dataKey)
	return &Opened{meta: meta, box: box}, err
}

// DataKey decrypts the data key with a private key that is here, or at the service that keeps it. Those that are here are tried first. The error
// is ErrNoProgram if a service has to be asked and the program for it is missing.
func (m Metadata) DataKey() ([]byte, error) {
	silence()
	services := &services{}
	defer services.stop()
	var parts [][]byte
	var failed []error
	for _, group := range m.Groups {
		part, err := group.decrypt(services)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		parts = append(parts, part)
	}
	switch {
	case len(m.Groups) == 1 && len(parts) == 1:
		return parts[0], nil
	case len(m.Groups) > 1 && len(parts) > 0 && len(parts) >= m.Threshold:
		return shamir.Combine(parts)
	}
	return nil, errors.Join(failed...)
}

// decrypt returns the group's part of the data key.
func (g Group) decrypt(services *services) ([]byte, error) {
	order := []string{Age, PGP}
	rank := func(k *Key) int {
		if i := slices.Index(order, k.Kind); i >= 0 {
			return i
		}
		return len(order)
	}
	var failed []error
	for _, key := range slices.SortedStableFunc(slices.Values(g), func(a, b *Key) int { return rank(a) - rank(b) }) {
		part, err := key.decrypt(services)
		if err == nil {
			return part, nil
		}
		failed = append(failed, err)
	}
	return nil, errors.Join(failed...)
}

// encrypt keeps a part of the data key encrypted for the recipient.
func (k *Key) encrypt(part []byte, services *services) (err error) {
	switch k.Kind {
	case Age:
		key := &age.MasterKey{Recipient: k.fields["recipient"]}
		err = key.Encrypt(part)
		k.enc = key.EncryptedKey
	case PGP:
		key := pgp.NewMasterKeyFromFingerprint(k.fields["fp"])
		err = key.Encrypt(part)
		k.enc = key.EncryptedKey
	default:
		if err := k.complete(); err != nil {
			return err
		}
		var enc []byte
		enc, err = services.call("Encrypt", k, part)
		k.enc = string(enc)
	}
	return err
}

// decrypt returns the part of the data key that is encrypted for the recipient.
func (k *Key) decrypt(services *services) ([]byte, error) {
	switch k.Kind {
	case Age:
		return (&age.MasterKey{Recipient: k.fields["recipient"], EncryptedKey: k.enc}).Decrypt()
	case PGP:
		key := pgp.NewMasterKeyFromFingerprint(k.fields["fp"])
		key.EncryptedKey = k.enc
		return key.Decrypt()
	}
	return services.call("Decrypt", k, []byte(k.enc))
}

// silence keeps the loggers of SOPS from printing, which it cannot be told otherwise. And a command for keys that is set to nothing is none: SOPS
// panics on it.
func silence() {
	for _, name := range []string{age.SopsAgeKeyCmdEnv, age.SopsAgeSshPrivateKeyCmdEnv} {
		if strings.TrimSpace(os.Getenv(name)) == "" {
			_ = os.Unsetenv(name) // fails for no name that is one
		}
	}
	for _, logger := range logging.Loggers {
		logger.SetOutput(io.Discard)
	}
}
