// Package secret keeps the secrets of a stack: one SOPS file that holds each value once, encrypted, in Git. It reads what everybody can read of
// that file, opens it with a private key, adds values, makes them, and says what is wrong with them.
//
// No error and no finding of this package holds a value, or a text of SOPS that may quote one.
package secret

import "fmt"

// FileName is the name of the SOPS file in the folder of a stack. SOPS chooses the format by the extension.
const FileName = "secrets.sops.yaml"

// Value is a secret in clear. Printed, in whatever way, it does not show itself.
type Value struct{ text string }

// Reveal returns the text of the secret.
func (v Value) Reveal() string { return v.text }

// Format implements [fmt.Formatter]: for every verb it writes the same.
func (v Value) Format(s fmt.State, _ rune) { fmt.Fprint(s, "(a secret)") }

// MarshalText implements [encoding.TextMarshaler], and with it JSON and YAML.
func (v Value) MarshalText() ([]byte, error) { return []byte("(a secret)"), nil }

// Error is something that keeps a SOPS file from being read or written, in an operator's words.
type Error struct {
	// Message says what is wrong, and Hint what to do.
	Message, Hint string
	// Input says that what the operator wrote is wrong: a value, a SOPS file, .sops.yaml. Else it is the keys or the machine.
	Input bool
}

func (e *Error) Error() string { return e.Message }

// wrong returns an error of what the operator wrote.
func wrong(hint, format string, args ...any) *Error {
	return &Error{Message: fmt.Sprintf(format, args...), Hint: hint, Input: true}
}

// failed returns an error of the keys or the machine.
func failed(hint, format string, args ...any) *Error {
	return &Error{Message: fmt.Sprintf(format, args...), Hint: hint}
}
