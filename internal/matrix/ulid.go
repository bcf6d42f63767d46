package matrix

import (
	"fmt"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// ulidDigits are the digits of a ULID in order: I, L, O and U are left out.
const ulidDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// UlidProblem returns what keeps MAS from reading an id as a ULID, or "" for nothing. It is not known if the id is not known, is no text or
// is a placeholder: those are not for the rules on ULIDs.
func UlidProblem(id *model.Node) (problem string, known bool) {
	text, known := id.Literal()
	if !known || id.Kind != model.String || placeholder.In(text) {
		return "", false
	}
	if n := len([]rune(text)); n != 26 {
		return fmt.Sprintf("has %d characters and not 26", n), true
	}
	for _, r := range text {
		if !strings.ContainsRune(ulidDigits+"abcdefghjkmnpqrstvwxyz", r) {
			return fmt.Sprintf("contains %q", r), true
		}
	}
	return "", true
}

// CanonicalULID returns a ULID as MAS writes it. It has 128 bits, so that of the 5 of the first character 2 are lost.
func CanonicalULID(text string) string {
	text = strings.ToUpper(text)
	return string(ulidDigits[strings.IndexByte(ulidDigits, text[0])%8]) + text[1:]
}
