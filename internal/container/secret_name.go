package container

import (
	"regexp"
	"sync"
)

var secretName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(passw|passphrase|secret|token|_key$|apikey|^key$)`)
})

// IsSecretName says that the value of a variable of that name is a password or a key.
func IsSecretName(name string) bool {
	return secretName().MatchString(name)
}
