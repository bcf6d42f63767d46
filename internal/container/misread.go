package container

import (
	"regexp"
	"strings"
	"sync"
)

// HashStart matches the beginning of a hashed password.
var HashStart = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\$(apr1|2[abxy]|[156y]|argon2(id|i|d)|pbkdf2[\w-]*|scrypt|ssha\w*)\$`)
})

// inExpression matches the beginning of a regular expression in a label of Traefik.
var inExpression = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)(Path|Host|Header|Query)Regexp\([^)]*$|\.regex=[^=]*$`)
})

// expressionEnd matches what a $ that ends a regular expression follows.
var expressionEnd = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[)\]\w*+?]$`) })

// afterAlphanumeric matches a text that ends in a letter or digit.
var afterAlphanumeric = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[A-Za-z0-9]$`) })

// IsMisread says that a variable without braces is none: a part of a hash, of a regular expression, or of a password.
func IsMisread(scalar ComposeScalar, v variable) bool {
	if v.Braced || scalar.Program {
		return false
	}
	if hash := HashStart().FindStringIndex(scalar.Text); hash != nil && v.Start >= hash[0] {
		return true
	}
	before := scalar.Text[:v.Start]
	if inExpression().MatchString(before) || strings.HasSuffix(scalar.Key, ".regex") {
		return expressionEnd().MatchString(before) && strings.ToUpper(v.Name) != v.Name
	}
	return IsSecretName(scalar.Key) && afterAlphanumeric().MatchString(before) &&
		!strings.Contains(scalar.Text, "://")
}
