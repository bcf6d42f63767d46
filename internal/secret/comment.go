package secret

import (
	"bytes"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/sops"
)

// encryptedComment is how SOPS writes a comment, where it encrypts the values beside it.
var encryptedComment = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^ENC\[AES256_GCM,data:.*,type:comment\]$`) })

// checkComments reports the first comment that everybody can read, though SOPS encrypts comments with the values. Its checksum is of the values
// alone, so SOPS takes a comment that somebody added by hand. Where a rule says what is encrypted, comments are part of that choice, and nothing is
// said.
func (f *File) checkComments() []diag.Finding {
	if !f.meta.Choice.TakesComments() {
		return nil
	}
	for _, item := range f.values {
		comment, ok := item.Key.(sops.Comment)
		if !ok || strings.TrimSpace(comment.Value) == "" || encryptedComment().MatchString(strings.TrimSpace(comment.Value)) {
			continue
		}
		return []diag.Finding{{
			Rule: "sops-leaf-unencrypted", Severity: diag.Warning, Position: f.find("#" + comment.Value), Secret: true,
			Message: "a comment stands here for everybody to read, though the file is encrypted",
			Hint:    "if it says anything of a secret, take it out and make a new one; else have it encrypted with sops rotate --in-place " + f.name,
		}}
	}
	return nil
}

// find returns where a text stands first, the top of the file if it does not.
func (f *File) find(text string) diag.Position {
	at := f.position(nil)
	for i, line := range bytes.Split(f.text, []byte("\n")) {
		if before, _, found := bytes.Cut(line, []byte(text)); found {
			at.Line, at.Column = i+1, utf8.RuneCount(before)+1
			break
		}
	}
	return at
}
