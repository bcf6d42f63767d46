package placeholder

import (
	"regexp"
	"slices"
	"sync"

	"github.com/matrixgen/matrixgen/internal/model"
)

// bracedNames matches names in braces.
var bracedNames = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\{\w+\}`) })

// FillsBraces reports whether a text has a name in braces that a script of the deployment puts something in the place of.
func FillsBraces(d *model.Deployment, text string) bool {
	return slices.ContainsFunc(bracedNames().FindAllString(text, -1), func(name string) bool {
		return slices.ContainsFunc(d.Documents, func(doc *model.Document) bool { return Replaces(doc, name, "") })
	})
}
