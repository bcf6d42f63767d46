package model

import "strings"

// IsPublished says that everybody knows the secret: it is the default of a product, or stands in a guide or a template.
func IsPublished(text string) bool {
	if len(text) >= 6 && strings.HasPrefix(strings.Repeat("1234567890", len(text)/10+1), text) {
		return true // whoever counts
	}
	switch strings.ToLower(text) {
	case "changeme", "changethis", "secret", "supersecret", "topsecret", "mysecret", "itsasecret", "password", "passw0rd", "mysecretpassword", "example", "default",
		"devkey", "admin", "test", "postgres", "synapse", "matrix", "mas",
		"f4f6bb68a0269264877e9cb23b1856ab", // a comment in the documentation of MAS
		"thistokenisstaticallyconfiguredandshouldnotbeusedinproduction":
		return true
	}
	return false
}
