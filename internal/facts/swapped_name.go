package facts

import "github.com/matrixgen/matrixgen/internal/model"

// SwappedNames returns the section and the two names of the file with the shared secret: the one that the product reads, and the one that the
// other product reads. The documentation of MAS had them swapped until June 2026.
func SwappedNames(kind model.DocumentKind) (path, right, wrong string) {
	switch kind {
	case model.KindMAS:
		return "matrix", "secret_file", "secret_path"
	case model.KindSynapse:
		return "matrix_authentication_service", "secret_path", "secret_file"
	}
	return "", "", ""
}

// IsSwappedName says that the key at the path has the other product's name, and the section lacks what it should be.
func IsSwappedName(doc *model.Document, path string) bool {
	at, right, wrong := SwappedNames(doc.Kind)
	return at != "" && path == at+"."+wrong && LacksSecret(doc.Root.Get(at), right)
}

// LacksSecret reports whether a section has the shared secret neither as a value nor in the file that the key names.
func LacksSecret(section *model.Node, file string) bool {
	return section.Field("secret") == nil && section.Field(file) == nil && !section.Get("enabled").False()
}
