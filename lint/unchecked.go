package lint

import (
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/facts"
	"github.com/matrixgen/matrixgen/internal/model"
)

// IsUnchecked says that the operator of a stack wants the key at the path of a document written although nobody here knows it.
func IsUnchecked(d *model.Deployment, doc *model.Document, path string) bool {
	return slices.ContainsFunc(d.Unchecked, func(u model.Unchecked) bool {
		return strings.HasPrefix(doc.Upstream, u.Override+".") && u.Path == facts.GeneralPath(path)
	})
}
