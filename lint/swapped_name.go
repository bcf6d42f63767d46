package lint

import (
	"fmt"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// swappedNames returns the section and the two names of the file with the shared secret: the one that the product reads, and the one that the
// other product reads. The documentation of MAS had them swapped until June 2026.
func swappedNames(kind model.DocumentKind) (path, right, wrong string) {
	switch kind {
	case model.KindMAS:
		return "matrix", "secret_file", "secret_path"
	case model.KindSynapse:
		return "matrix_authentication_service", "secret_path", "secret_file"
	}
	return "", "", ""
}

// isSwappedName says that the key at the path has the other product's name, and the section lacks what it should be.
func isSwappedName(doc *model.Document, path string) bool {
	at, right, wrong := swappedNames(doc.Kind)
	section := doc.Root.Get(at)
	return at != "" && path == at+"."+wrong && lacksSecret(section, right)
}

func lacksSecret(section *model.Node, file string) bool {
	return section.Field("secret") == nil && section.Field(file) == nil && !section.Get("enabled").False()
}

// checkSwapped reports the other product's name, and returns whether it is there.
func (r *required) checkSwapped(s section) bool {
	at, right, wrong := swappedNames(r.doc.Kind)
	field := s.node.Field(wrong)
	if s.path != at || at == "" || field == nil || !lacksSecret(s.node, right) {
		return false
	}
	r.report(diag.Finding{
		Position: field.Position,
		Message:  fmt.Sprintf("%s does not start: %s.%s does not exist, and so there is no secret", r.product, at, wrong),
		Hint:     fmt.Sprintf("write %s: it is %s that reads %s", right, otherProduct(r.product), wrong),
		Fix:      diag.Rename(field.Position, field.Key, right),
	})
	return true
}

func otherProduct(product string) string {
	if product == "MAS" {
		return "Synapse"
	}
	return "MAS"
}
