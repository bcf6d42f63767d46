package facts

import (
	"cmp"

	"github.com/matrixgen/matrixgen/internal/format"
	"github.com/matrixgen/matrixgen/internal/model"
)

// Default returns what the version that runs takes for a path of keys at which nothing stands; an item of a list is [] in the path. It is nil if
// that is nothing, or not known.
func Default(c *model.Configuration, path ...string) *model.Node {
	if c == nil || len(c.Documents) == 0 {
		return nil
	}
	doc := c.Documents[0]
	table, err := format.Load(cmp.Or(doc.Upstream, doc.Kind.Upstream()))
	if err != nil {
		return nil
	}
	return table.Default(c.Version(), path...)
}
