package model

import (
	"io/fs"
	"strconv"
	"strings"

	"github.com/matrixgen/matrixgen/internal/diag"
)

// Slot is a secret of a deployment: a value that is kept once, whoever reads it. The model knows its name, and never the value.
type Slot struct {
	Name string
	// Format is what a value looks like and how one is made: "hex32", "rsa", "ec", "signing-key", "token", "password", or "given" if it comes
	// from elsewhere, "given-ec" as a key. schema/secret says what each is.
	Format string
	// What says what the secret is for, as the end of a sentence.
	What string
	// Equal says who outside of the deployment must have the same, or "".
	Equal string
	// Cost is what another value costs: "nothing", "restart", "login" (everybody logs in again) or "never" (data is lost). Rotate says how it is done.
	Cost, Rotate string
	// Files are the files that the containers read.
	Files []SecretFile
	// Own says that it is the operator's own, out of extra.secrets.
	Own bool
	// Position is where the need for it is written.
	Position diag.Position
}

// Given reports whether the value comes from elsewhere, so that nobody can make it here.
func (s *Slot) Given() bool { return strings.HasPrefix(s.Format, "given") }

// IsKey reports whether the value is a private key, PEM.
func (s *Slot) IsKey() bool {
	return s.Format == "rsa" || strings.TrimPrefix(s.Format, "given-") == "ec"
}

// SecretFile is a secret as one container reads it: a file in the folder secrets beside the compose file.
type SecretFile struct {
	Name string
	// Slot is the name of the slot.
	Slot string
	// Service is the service that reads it, and Key the setting by which it finds it. Both are "" for the operator's own.
	Service, Key string
	// Since is the first version of the product that reads the secret from a file, such as "MAS 1.22.0"; "" if all that matrixgen knows do.
	Since string
	// Owner is the user id that reads it, and Mode the permissions in octal.
	Owner int
	Mode  string
	// Newline says whether the file ends in a newline.
	Newline bool
	// Before and After stand around the value, and Escape says how it is written between them: "pgpass", "json", "json-text" for within the quotes of
	// JSON, or "" for as it is.
	Before, After, Escape string
	// Then are the further values of a file that has several: they follow the first, before After. Each of their slots has the file, too.
	Then []SecretPart
}

// SecretPart is a further value of a file, and what stands before it.
type SecretPart struct{ Before, Slot string }

// Sealed is the SOPS file of a compiled deployment, as everybody can read it: which secrets it has, and no value.
type Sealed struct {
	// File is its path from the root of the repository.
	File string
	// Missing says that there is no such file.
	Missing bool
	// NoChecksum says that SOPS refuses the file, since its metadata has no mac.
	NoChecksum bool
	Secrets    []SealedSecret
}

// SealedSecret is an entry of a SOPS file.
type SealedSecret struct {
	Name     string
	Position diag.Position
	// Clear says that the value stands there for everybody to read, and Empty that there is none.
	Clear, Empty bool
	// Seal is a hash of the value as it is encrypted, which another value changes, and encrypting anew; "" if it is not encrypted.
	Seal string
}

// Secret returns the entry of that name, or nil.
func (s *Sealed) Secret(name string) *SealedSecret {
	for i := range s.Secrets {
		if s.Secrets[i].Name == name {
			return &s.Secrets[i]
		}
	}
	return nil
}

// Slot returns the slot of that name, or nil.
func (f *Files) Slot(name string) *Slot {
	for i := range f.Slots {
		if f.Slots[i].Name == name {
			return &f.Slots[i]
		}
	}
	return nil
}

// Permissions returns the mode as a number.
func (f SecretFile) Permissions() fs.FileMode {
	mode, _ := strconv.ParseUint(f.Mode, 8, 32) // the schema has it in octal
	return fs.FileMode(mode)
}
