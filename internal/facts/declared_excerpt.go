package facts

import (
	"slices"

	"github.com/matrixgen/matrixgen/internal/model"
	"github.com/matrixgen/matrixgen/internal/placeholder"
)

// declaresExcerpt says that a comment in the document tells of more that does not stand there: "rest of the config", "...".
func declaresExcerpt(n *model.Node) bool {
	return n != nil && (slices.ContainsFunc(n.Items, declaresExcerpt) || slices.ContainsFunc(n.Fields, func(f model.Field) bool {
		return placeholder.DeclaresExcerpt(f.Comment) || declaresExcerpt(f.Value)
	}))
}
