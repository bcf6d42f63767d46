package matrix

import (
	"slices"

	"github.com/matrixgen/matrixgen/internal/model"
)

// MASItems returns the maps in a list of MAS's configuration.
func MASItems(d *model.Deployment, path ...string) []*model.Node {
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

// EnabledProviders returns the identity providers that MAS offers for sure.
func EnabledProviders(d *model.Deployment) []*model.Node {
	return slices.DeleteFunc(MASItems(d, "upstream_oauth2", "providers"), func(p *model.Node) bool {
		enabled := p.Get("enabled")
		return enabled.IsSet() && !enabled.True()
	})
}

// ItemsAreWhole says that what an item of a list does not have stands nowhere else. The items of two files are not merged, so that only a
// file that something renders, or that is shown in part, leaves that open.
func ItemsAreWhole(c *model.Configuration) bool {
	if !c.Partial {
		return true
	}
	return len(c.Documents) > 0 && !slices.ContainsFunc(c.Documents, func(doc *model.Document) bool { return doc.Template || doc.Excerpt })
}
