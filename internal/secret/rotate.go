package secret

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// oldSuffix is what the slot of a former value is called, while it is in use beside the new one.
const oldSuffix = "_old"

// InTwoSteps reports whether the old value of a slot has to stay beside the new one for a while: a signing key of MAS.
func InTwoSteps(slot string) bool {
	return slot == "mas_signing_key_rsa" || slot == "mas_signing_key_ec"
}

// IsFormer reports whether the slot is for a former value, which goes when its rotation ends.
func IsFormer(slot string) bool { return strings.HasSuffix(slot, oldSuffix) }

// KeepOld keeps the value of a slot beside the one that it gets next.
func (o *Opened) KeepOld(slot string) {
	if value, ok := o.Value(slot); ok {
		o.Set(slot+oldSuffix, value)
	}
}

// DropOld ends what [Opened.KeepOld] began. It is false if no old value was kept.
func (o *Opened) DropOld(slot string) bool {
	_, kept := o.Value(slot + oldSuffix)
	o.Remove(slot + oldSuffix)
	return kept
}

// PublicKey is the public half of a signing key of Synapse.
type PublicKey struct {
	// ID is the algorithm and the version, such as ed25519:a_AbCd, and Key is in unpadded base64.
	ID, Key string
}

// PublicHalf returns the public half of a signing key in Synapse's form, which other servers need for what it signed.
// https://spec.matrix.org/latest/server-server-api/#publishing-keys
func PublicHalf(v Value) (PublicKey, error) {
	if problem := Problem("signing-key", v); problem != "" {
		return PublicKey{}, fmt.Errorf("the signing key %s", problem)
	}
	fields := strings.Fields(v.text)
	seed, err := base64.RawStdEncoding.DecodeString(fields[2])
	if err != nil {
		return PublicKey{}, fmt.Errorf("the signing key is not base64")
	}
	public, _ := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	return PublicKey{fields[0] + ":" + fields[1], base64.RawStdEncoding.EncodeToString(public)}, nil
}

// Costs says what another value of a slot costs, for people.
func Costs(slot *model.Slot) string {
	return map[string]string{
		"nothing": "nothing", "restart": "a restart of what reads it", "login": "everybody logs in again", "never": "data: it is never rotated",
	}[slot.Cost]
}
