package lint

import (
	"slices"

	"github.com/matrixgen/matrixgen/internal/diag"
	"github.com/matrixgen/matrixgen/internal/model"
)

// masItems returns the maps in a list of MAS's configuration.
func masItems(d *model.Deployment, path ...string) []*model.Node {
	var items []*model.Node
	if list := d.MAS.At(path...); list != nil {
		for _, item := range list.Items {
			if item.Kind == model.Map && !item.Unknown {
				items = append(items, item)
			}
		}
	}
	return items
}

// enabledProviders returns the identity providers that MAS offers for sure.
func enabledProviders(d *model.Deployment) []*model.Node {
	return slices.DeleteFunc(masItems(d, "upstream_oauth2", "providers"), func(p *model.Node) bool {
		enabled := p.Get("enabled")
		return isSet(enabled) && !enabled.True()
	})
}

// isSet says that something stands there. MAS reads null as absent where it reads a scalar.
func isSet(n *model.Node) bool { return n != nil && n.Kind != model.Null }

// itemsAreWhole says that what an item of a list does not have stands nowhere else. The items of two files are not merged, so that only a
// file that something renders, or that is shown in part, leaves that open.
func itemsAreWhole(c *model.Configuration) bool {
	if !c.Partial {
		return true
	}
	return len(c.Documents) > 0 && !slices.ContainsFunc(c.Documents, func(doc *model.Document) bool { return doc.Template || doc.Excerpt })
}

// keyPosition returns where the key stands in the map, or its first key if it has no such key.
func keyPosition(n *model.Node, key string) diag.Position {
	if f := n.Field(key); f != nil {
		return f.Position
	}
	if len(n.Fields) > 0 {
		return n.Fields[0].Position
	}
	return n.Position
}
