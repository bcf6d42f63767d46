package rules

import (
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// unreplaced returns those placeholders of a document that no script of the deployment is seen to replace, nor a command that its readers are told: a file
// can be rendered in place, once, before anything starts.
func unreplaced(d *model.Deployment, doc *model.Document, found []remainder) []remainder {
	scripts := slices.Concat(d.Documents, d.Told)
	return slices.DeleteFunc(found, func(r remainder) bool {
		return doc.Inline && strings.HasPrefix(r.what, "$") || isAgreed(d, r) || slices.ContainsFunc(scripts, func(script *model.Document) bool {
			return slices.ContainsFunc(waiting(r.what), func(what string) bool { return placeholder.Replaces(script, what, path.Base(doc.Name)) })
		})
	})
}

// waiting returns a text, and the words in it that are placeholders themselves: a script names DOMAIN_PLACEHOLDER, and not the URL around it.
func waiting(text string) []string {
	found := []string{text}
	for _, marks := range []string{"_", "_-"} {
		for _, word := range strings.FieldsFunc(text, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(marks, r)
		}) {
			if word != text && placeholder.In(word) && !slices.Contains(found, word) {
				found = append(found, word)
			}
		}
	}
	return found
}

// isAgreed reports whether a container gets the same text as a value, the password of a database for instance: then both sides have it, and nothing waits
// to be replaced. What plainly is an order to the reader is none.
func isAgreed(d *model.Deployment, r remainder) bool {
	if placeholder.Shown(r.what) != "" || strings.ContainsAny(r.what, "${}<>[]%@ ") {
		return false
	}
	return slices.ContainsFunc(d.Services, func(s *model.Service) bool {
		return slices.ContainsFunc(s.Environment, func(v model.Variable) bool { return v.Value != nil && v.Value.Text == r.what })
	})
}
