package container

import "github.com/matrixgen/matrixgen/internal/model"

// NoName says that no service has a name. Podman calls the container of a unit otherwise than the unit, which is where people look first.
func NoName(d *model.Deployment, name string) string {
	text := "no service has the name " + name
	for _, s := range d.Services {
		unit, isUnit := s.Node.Get("x-quadlet").Literal()
		if called, known := s.Node.Get("container_name").Literal(); isUnit && known && s.Name == name {
			return text + ": the container of " + unit + " is called " + called
		}
	}
	return text
}
