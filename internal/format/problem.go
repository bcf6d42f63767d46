package format

import "github.com/matrixgen/matrixgen/internal/diag"

// ProblemKind is what is wrong.
type ProblemKind string

// The kinds of problems.
const (
	// UnknownKey is a key that no version of upstream reads there.
	UnknownKey ProblemKind = "unknown-key"
	// WrongType is a value of a kind that upstream does not take.
	WrongType ProblemKind = "wrong-type"
	// EmptyValue is a key without a value, or with null, where upstream wants one.
	EmptyValue ProblemKind = "empty-value"
	// NotAllowedValue is a value of the right kind that upstream does not take.
	NotAllowedValue ProblemKind = "not-allowed-value"
	// SecretInline is a secret that is written out.
	SecretInline ProblemKind = "secret-inline"
)

// Problem is one cause for which a value does not fit its type. It never holds the value of a secret.
type Problem struct {
	Kind ProblemKind
	// Path is where it is, for example http.listeners[0].binds[0].port.
	Path string
	// Position is that of the key if that is unknown, else of the value.
	Position diag.Position
	// Got is what stands there, in an operator's words: the unknown key, the value, or the kind of the value. "" for secrets.
	Got string
	// Want is what upstream takes there, in an operator's words, or "".
	Want string
	// Suggestion is what was probably meant: a key of the same map, the path of a key elsewhere, or one of the values allowed. Or "".
	Suggestion string
	// Surely is the Suggestion, if that is all there is to change: a key of the same map, which that does not have yet and which takes the
	// value, or one of the values allowed; and nothing else there is spelled alike. Or "".
	Surely string
	// Key is that below which the value stands; nil if the key is unknown, or if the value is the whole document.
	Key *Key
	// Strict says that upstream refuses to start with unknown keys there.
	Strict bool
}
