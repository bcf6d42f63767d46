package container

import (
	"path"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// MountsDocument says that the document stands in the container of the service, alone or with its folder.
func MountsDocument(s *model.Service, doc *model.Document) bool {
	if doc.Inside != nil {
		doc = doc.Inside
	}
	for _, m := range s.Mounts {
		if m.Document == doc || m.Document == nil && m.Type == "bind" && (m.Source == "." || strings.HasPrefix(doc.Name, strings.TrimSuffix(m.Source, "/")+"/")) {
			return true
		}
	}
	return false
}

// HostFile returns what a path of the container is outside of it, so that two containers with the same file have the same name for it. Without
// a mount it is a file of that container, or of the documents if no service is known.
func HostFile(c *model.Configuration, name string) string {
	if c == nil || c.Service == nil {
		return name
	}
	if m := c.Service.MountAt(name); m != nil {
		rest := strings.TrimPrefix(strings.TrimPrefix(name, m.Target), "/")
		return m.Type + ":" + path.Join(m.Source, rest)
	}
	return c.Service.Name + ":" + name
}
