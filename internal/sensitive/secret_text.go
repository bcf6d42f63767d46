package sensitive

import (
	"net/url"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// PlainSecret returns the text of a secret that stands there for everybody to read: no reference, nothing that waits to be replaced, and not
// encrypted. Of a connection string it is the password in it.
func PlainSecret(n *model.Node) (string, bool) {
	text, known := n.Literal()
	if strings.Contains(text, "://") {
		text, known = passwordIn(text), known && holdsPassword(text)
	}
	if !known || strings.TrimSpace(text) == "" || placeholder.In(text) || placeholder.IsProse(text) || strings.HasPrefix(text, "ENC[") || strings.HasPrefix(text, "$") {
		return "", false
	}
	if !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return "", false // a dash or the like stands for one
	}
	if strings.Contains(text, "-----BEGIN") && !isPrivateKey(text) {
		return "", false
	}
	return text, true
}

// holdsPassword says that the text is a connection string with a password that is written out.
func holdsPassword(text string) bool {
	password := passwordIn(text)
	return password != "" && !strings.Contains(text, "://user:password@host") && !placeholder.In(password) && !placeholder.IsProse(password) && !strings.Contains(password, "$")
}

// passwordInURL matches a connection string with a password.
var passwordInURL = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z][a-z0-9+.-]*://[^:/@\s]*:([^@\s/?#\[\]]+)@`) })

// passwordIn returns the password in a connection string, or "" if there is none, or if the string is wrong.
func passwordIn(text string) string {
	if !strings.Contains(text, "://") {
		return ""
	}
	if match := passwordInURL().FindStringSubmatch(text); match != nil {
		if plain, err := url.PathUnescape(match[1]); err == nil {
			return plain
		}
		return match[1]
	}
	return ""
}

// privateKeyText matches a private key in PEM form.
var privateKeyText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----(.*?)-----END`)
})

// isPrivateKey says that the text is a private key in PEM form, and long enough to be one.
func isPrivateKey(text string) bool {
	if !strings.Contains(text, "PRIVATE KEY") {
		return false
	}
	match := privateKeyText().FindStringSubmatch(text)
	return match != nil && len(strings.Join(strings.Fields(match[1]), "")) >= 100
}
