package change

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/matrixgen/matrixgen/internal/model"
)

// hidden stands for a secret in what is shown.
const hidden = "(secret)"

// secretWords are what names of variables and labels end in whose values are secrets; a name of a file is none.
var secretWords = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(password|passwd|passphrase|secret|token|credentials|(^|[_.-])(pass|secrets|keys?|basicauth[.]users|digestauth[.]users))$`)
})

// hides reports whether the value at a key is a secret: upstream's format says so, or the name, where an operator chose it.
func (p place) hides(name string, values ...*model.Node) bool {
	key := keyOf(p.table, name)
	if key != nil && key.Name != "" || key != nil && key.Secret {
		return key.Secret
	}
	scalar := func(n *model.Node) bool { return n != nil && n.Kind != model.Map && n.Kind != model.List }
	return secretWords().MatchString(name) && slices.ContainsFunc(values, scalar)
}

var passwords = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://[^\s:/@]*):[^\s@/]+@`) })

// withoutPasswords hides the passwords of URLs, and private keys.
func withoutPasswords(text string) string {
	if strings.Contains(text, "PRIVATE KEY-----") {
		return hidden
	}
	return passwords().ReplaceAllString(text, "$1:"+hidden+"@")
}
