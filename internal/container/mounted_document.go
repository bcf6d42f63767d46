package container

import (
	"path"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// MountsDocument says that the document stands in the container of the service, alone or with its folder, or in a variable of it. A file of the same
// kind as what a variable holds does not count: LiveKit reads LIVEKIT_CONFIG instead of it (cmd/server/main.go).
func MountsDocument(s *model.Service, doc *model.Document) bool {
	if doc.Inside != nil {
		doc = doc.Inside
	}
	for _, held := range s.Held {
		if held == doc || held.Kind == doc.Kind {
			return held == doc
		}
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
