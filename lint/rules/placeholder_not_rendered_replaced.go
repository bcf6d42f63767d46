package rules

import (
	"path"
	"slices"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// unreplaced returns those placeholders of a document that no script of the deployment is seen to replace: a file can be rendered in place,
// once, before anything starts.
func unreplaced(d *model.Deployment, doc *model.Document, found []remainder) []remainder {
	return slices.DeleteFunc(found, func(r remainder) bool {
		return slices.ContainsFunc(d.Documents, func(script *model.Document) bool { return placeholder.Replaces(script, r.what, path.Base(doc.Name)) })
	})
}
