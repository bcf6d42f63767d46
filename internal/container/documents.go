package container

import (
	"path"
	"slices"
	"strings"

	"github.com/matrixgen/matrixgen/internal/model"
)

// TraefikFile returns the mount of Traefik's static configuration, or nil.
func TraefikFile(s *model.Service) *model.Mount {
	for i, m := range s.Mounts {
		if m.Document != nil && m.Document.Kind == model.KindTraefikStatic ||
			slices.Contains([]string{"/etc/traefik/traefik.yml", "/etc/traefik/traefik.yaml", "/etc/traefik/traefik.toml",
				"/traefik.yml", "/traefik.yaml", "/traefik.toml"}, m.Target) {
			return &s.Mounts[i]
		}
	}
	return nil
}

// DocumentAt returns the document at a path of a container, or nil if it is not visible.
func DocumentAt(d *model.Deployment, s *model.Service, name string) *model.Document {
	mount := s.MountAt(name)
	switch {
	case mount == nil:
		return nil
	case mount.Target == name:
		return mount.Document
	case mount.Type != "bind":
		return nil
	}
	return d.Document(path.Join(mount.Source, strings.TrimPrefix(name, mount.Target)))
}

// IsMounted reports whether a service reads the document, or no service is known.
func IsMounted(d *model.Deployment, doc *model.Document) bool {
	if len(d.Services) == 0 {
		return true
	}
	return slices.ContainsFunc(d.Services, func(s *model.Service) bool { return MountsDocument(s, doc) })
}
