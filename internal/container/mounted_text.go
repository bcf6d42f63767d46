package container

import "github.com/matrixgen/matrixgen/internal/model"

// MountedText returns the content of the file that a configuration names by its path in the container, or nil if it is not visible: not
// mounted from among the documents, by itself or in a folder, encrypted, or rendered first.
func MountedText(d *model.Deployment, c *model.Configuration, path *model.Node) *model.Node {
	name, known := path.Literal()
	if !known || c == nil || c.Service == nil || c.Guessed {
		return nil
	}
	doc := DocumentAt(d, c.Service, name)
	if doc == nil || doc.Format != model.Text || doc.Template || doc.Root == nil || doc.Root.Unknown {
		return nil
	}
	return doc.Root
}
